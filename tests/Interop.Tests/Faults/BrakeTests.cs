using ChangedFiles.Cli.Commands;
using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>With <c>--max-delete</c> a mirror holds before too much is gone.</summary>
public sealed class BrakeTests
{
    private const int Files = 400;

    [Theory]
    [InlineData(TargetKind.RsyncInstalled)]
    [InlineData(TargetKind.Rsync327)]
    [InlineData(TargetKind.Local)]
    public void Too_much_at_once_is_held_until_somebody_allows_it(TargetKind target)
    {
        using var bed = new FaultBed(target) { Options = ["--max-delete=30%"] };
        Fill($"{bed.Source}/data");
        Fill($"{bed.Target}/of somebody else");
        bed.Start();
        AssertHeld(bed);
        Assert.Equal(Files, Count($"{bed.Target}/of somebody else"));
        Resume(bed);

        Directory.Move($"{bed.Source}/data", $"{bed.Source}/moved");
        bed.AssertConverges();

        Directory.Delete($"{bed.Source}/moved", recursive: true);
        AssertHeld(bed);
        Assert.InRange(Count($"{bed.Target}/moved"), Files / 2, Files);
        Resume(bed);
    }

    private static void AssertHeld(FaultBed bed)
    {
        Eventually.True(() => bed.Said.Contains("\"held\"", StringComparison.Ordinal) && Status(bed).Contains("held", StringComparison.Ordinal), "held", () => bed.Said);
        Assert.Contains("changedfiles resume", Status(bed), StringComparison.Ordinal);
    }

    private static void Resume(FaultBed bed)
    {
        using var error = new StringWriter();
        Assert.Equal((ExitCode.Success, ""), (ResumeCommand.Run(bed.Source, error), error.ToString()));
        bed.AssertConverges();
    }

    private static string Status(FaultBed bed)
    {
        using var output = new StringWriter();
        StatusCommand.Run(bed.Source, json: false, output, TextWriter.Null);
        return output.ToString();
    }

    private static void Fill(string directory)
    {
        for (var i = 0; i < Files; i++)
            File.WriteAllText($"{Directory.CreateDirectory($"{directory}/{i % 4}").FullName}/{i}", $"{i}");
    }

    private static int Count(string directory) => Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length;
}
