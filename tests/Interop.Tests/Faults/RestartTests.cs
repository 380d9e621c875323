using ChangedFiles.Cli.Commands;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>What a mirror knows after a restart. A file spoiled at the destination shows what was compared with it and what was not.</summary>
public sealed class RestartTests
{
    /// <summary>What is younger than this is compared again.</summary>
    private static readonly TimeSpan Certain = TimeSpan.FromSeconds(3.1);

    [Theory, EachTarget]
    public void A_restart_looks_at_the_source_and_compares_only_what_changed(TargetKind target)
    {
        using var bed = Filled(target);
        bed.Mirror.End("TERM");
        Spoil(bed);
        File.WriteAllText($"{bed.Source}/b/c/new", "made while no mirror ran");
        File.AppendAllText($"{bed.Source}/b/c/f1", "changed");
        File.Delete($"{bed.Source}/b/c/f2");
        Directory.Move($"{bed.Source}/b/d", $"{bed.Source}/moved");
        Start(bed);
        Wait(bed);
        Eventually.SameTrees($"{bed.Source}/b", $"{bed.Target}/b");
        Eventually.SameTrees($"{bed.Source}/moved", $"{bed.Target}/moved");
        Assert.Equal("spoiled", File.ReadAllText($"{bed.Target}/a/f1"));
        Assert.Equal(ExitCode.Success, VerifyCommand.Run(bed.Source, TextWriter.Null));
        Wait(bed);
        bed.AssertConverges();
    }

    [Theory, EachTarget]
    public void What_changed_while_it_ran_is_compared_at_the_end_and_not_at_the_next_start(TargetKind target)
    {
        using var bed = Filled(target);
        File.AppendAllText($"{bed.Source}/a/f2", "changed");
        Wait(bed);
        Thread.Sleep(Certain);
        bed.Mirror.End("TERM");
        Spoil(bed);
        Start(bed);
        Wait(bed);
        Assert.Equal("spoiled", File.ReadAllText($"{bed.Target}/a/f1"));
    }

    [Theory, EachTarget]
    public void A_destination_that_was_emptied_or_replaced_is_filled_again(TargetKind target)
    {
        using var bed = Filled(target);
        bed.Mirror.End("KILL");
        foreach (var path in Directory.GetFileSystemEntries(bed.Target))
            Command.Check("rm", "-rf", path);
        Start(bed);
        bed.AssertConverges();
        Wait(bed);
        // While it runs it is noticed as soon as something has to be put where nothing is any more.
        Directory.Delete($"{bed.Target}/b", recursive: true);
        File.WriteAllText($"{bed.Source}/b/c/more", "x");
        bed.AssertConverges();
    }

    [Fact]
    public void With_a_damaged_file_or_other_options_everything_is_compared()
    {
        using var bed = Filled(TargetKind.Local);
        bed.Mirror.End("TERM");
        Spoil(bed);
        using (var state = File.OpenWrite(Directory.GetFiles($"{bed.StateHome}/changedfiles", "*.state").Single()))
        {
            state.Position = state.Length / 2;
            state.WriteByte(77);
        }
        Start(bed);
        bed.AssertConverges();
        Thread.Sleep(Certain);
        bed.Mirror.End("TERM");
        Spoil(bed);
        bed.Options = ["--exclude=nothing"];
        Start(bed);
        bed.AssertConverges();
    }

    [Fact]
    public void A_second_mirror_of_the_same_pair_is_refused()
    {
        using var bed = Filled(TargetKind.Local);
        using var second = new ServerProcess(
            Path.Combine(bed.StateHome, "second.log"), "env", $"XDG_STATE_HOME={bed.StateHome}", ProgramRun.Path,
            "mirror", bed.Source + "/", bed.Target + "/");
        Eventually.True(() => !second.IsRunning, "the second ends", () => second.Log);
        Assert.Contains("is already mirrored to", second.Log, StringComparison.Ordinal);
        Assert.True(bed.Mirror.IsRunning);
    }

    private static FaultBed Filled(TargetKind target)
    {
        var bed = new FaultBed(target);
        foreach (var directory in (string[])["a", "b/c", "b/d/e"])
        {
            Directory.CreateDirectory($"{bed.Source}/{directory}");
            for (var i = 0; i < 5; i++)
                File.WriteAllText($"{bed.Source}/{directory}/f{i}", $"file {i}");
        }
        Thread.Sleep(Certain);
        Start(bed);
        bed.AssertConverges();
        return bed;
    }

    private static void Start(FaultBed bed)
    {
        bed.Start();
        Eventually.True(() => RunningMirrors.Find(bed.Source).Count == 1, "the mirror answers", () => bed.Said);
    }

    private static void Wait(FaultBed bed) => Assert.Equal(ExitCode.Success, WaitCommand.Run(bed.Source, null, 60, TextWriter.Null));

    private static void Spoil(FaultBed bed) => File.WriteAllText($"{bed.Target}/a/f1", "spoiled");
}
