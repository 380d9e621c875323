using System.IO.MemoryMappedFiles;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>The main job on real trees, real daemons and a local directory.</summary>
public sealed class MirrorTests
{
    [Theory, EachTarget]
    public void The_first_sync_makes_both_trees_equal(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        new TreeMaker(TestSeed.Next()).Fill(bed.Source.Mkdir("tree"));
        new TreeMaker(TestSeed.Next()).Fill(bed.Target.Mkdir("extraneous"));
        bed.Start();
        bed.AssertSame();
    }

    [Theory]
    [InlineData(TargetKind.RsyncInstalled, null)]
    [InlineData(TargetKind.RsyncInstalled, 1)]
    [InlineData(TargetKind.Rsync327, null)]
    [InlineData(TargetKind.Ssh, null)]
    public void A_large_batch_ends_the_same_in_two_sessions_or_in_one(TargetKind kind, int? connections)
    {
        using var bed = new MirrorBed(kind, connections: connections);
        for (var i = 0; i < 1_500; i++)
        {
            bed.Source.Write($"{i % 3}/{i % 60}/{i}", $"file {i}");
            // What is there before is older, or something else, or too much.
            if (i < 300)
                bed.Target.Write(i % 60 < 20 ? $"{i % 3}/{i % 60}/{i}" : i % 60 < 40 ? $"{i % 3}/{i % 60}" : $"{i % 3}/{i % 60}/{i}/more", "old");
        }
        bed.Start();
        bed.AssertSame();
        Command.Check("rm", ["-rf", bed.Source["0"], bed.Source["1/1"]]);
        Command.Check("chmod", ["-R", "u+x", bed.Source["2"]]);
        bed.AssertSame();
        Assert.Equal(0, bed.Worker.Status.FailureCount);
    }

    [Theory, EachTarget]
    public void Reading_the_source_leaves_its_access_times(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("file", "content");
        var before = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastAccessTimeUtc(bed.Source["file"], before);
        bed.Start();
        Assert.Equal("content", bed.Target.Read("file"));
        Assert.Equal(before, File.GetLastAccessTimeUtc(bed.Source["file"]));
    }

    [Theory, EachTarget]
    public void Each_operation_arrives(TargetKind kind)
    {
        using var bed = new MirrorBed(kind).Start();
        var source = bed.Source;
        foreach (var (name, change) in Operations)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(name);
            change(source);
            bed.AssertSame();
        }
    }

    private static IEnumerable<(string Name, Action<TempDirectory> Change)> Operations =>
    [
        ("create", at => at.Write("a", "one")),
        ("overwrite, same size and second", at => at.Write("a", "two")),
        ("append", at => File.AppendAllText(at["a"], "more")),
        ("truncate", at => at.Write("a", "")),
        ("nested directories", at => at.Write("d/e/f/g/h/file", "deep")),
        ("large file", at => at.Write("d/large", new byte[2_000_000])),
        ("rename a file", at => File.Move(at["d/large"], at["d/e/renamed"])),
        ("rename a directory", at => Directory.Move(at["d/e"], at["moved"])),
        ("rename over a file", at => File.Move(at["moved/renamed"], at["a"], overwrite: true)),
        ("hard link", at => Run("ln", at["a"], at["linked"])),
        ("write through a hard link", at => File.AppendAllText(at["linked"], "x")),
        ("unlink one name", at => File.Delete(at["a"])),
        ("symlink", at => at.Symlink("link", "moved/f")),
        ("file becomes directory", at => Swap(at, "linked", path => Directory.CreateDirectory(path))),
        ("directory becomes file", at => Swap(at, "moved", path => File.WriteAllText(path, "file now"))),
        ("symlink becomes directory with contents", at => Swap(at, "link", path => File.WriteAllText(Directory.CreateDirectory(path) + "/in", "x"))),
        ("directory with contents becomes symlink", at => Swap(at, "link", path => File.CreateSymbolicLink(path, "stays"))),
        ("directory removed and made anew at once", at => Swap(at, "d", path => at.Write("d/new", "other contents"))),
        ("mode only", at => File.SetUnixFileMode(at["stays"], UnixFileMode.UserRead | UnixFileMode.UserExecute)),
        ("time only", at => File.SetLastWriteTimeUtc(at["stays"], new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc))),
        ("directory time only", at => Directory.SetLastWriteTimeUtc(at["d"], new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc))),
        ("owner", at => Run("chown", Privileges.IsRoot ? "12:34" : Environment.UserName, at["stays"])),
        ("fifo", at => Run("mkfifo", at["fifo"])),
        ("tree removed", at => Directory.Delete(at["d"], recursive: true)),
    ];

    [Theory]
    [InlineData(TargetKind.RsyncInstalled, true)]
    [InlineData(TargetKind.RsyncInstalled, false)]
    [InlineData(TargetKind.Rsync327, true)]
    [InlineData(TargetKind.Rsync327, false)]
    [InlineData(TargetKind.Ssh, true)]
    [InlineData(TargetKind.Local, true)]
    public void A_write_arrives_though_the_time_of_the_file_was_set_back(TargetKind kind, bool compares)
    {
        using var bed = new MirrorBed(kind);
        if (!compares)
            bed.Daemon!.Configure(new RsyncModule("mod", bed.Target.Path) { ["refuse options"] = "ignore-times" });
        string[] names = ["plain", "linked"];
        Write("first");
        Run("ln", bed.Source["linked"], bed.Source["other"]);
        bed.Start();
        Write("again");
        bed.AssertSame();
        Write("twice");
        bed.AssertSame();
        foreach (var name in names)
            File.Delete(bed.Source[name]);
        Write("other");
        bed.AssertSame();

        void Write(string text)
        {
            foreach (var name in names)
            {
                bed.Source.Write(name, text);
                File.SetLastWriteTimeUtc(bed.Source[name], new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
            }
        }
    }

    [Theory]
    [InlineData(TargetKind.RsyncInstalled)]
    [InlineData(TargetKind.Local)]
    public void Writes_within_a_second_arrive_from_a_file_system_that_keeps_whole_seconds(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        using var coarse = TempMount.Loop("ext4", bed.Source.Path, "-I", "128");
        bed.Source.Write("stays", "so that the source is never empty");
        bed.Start();
        for (var i = 10; i < 40; i++)
        {
            bed.Source.Write("file", $"write {i}");
            Thread.Sleep(i);
        }
        bed.AssertSame();
        bed.Stop();
    }

    [Theory]
    [InlineData(TargetKind.RsyncInstalled)]
    [InlineData(TargetKind.Rsync327)]
    [InlineData(TargetKind.Local)]
    public void Ten_thousand_files_in_one_directory_arrive_and_go(TargetKind kind)
    {
        using var bed = new MirrorBed(kind).Start();
        var many = bed.Source.Mkdir("many");
        for (var i = 0; i < 10_000; i++)
            File.WriteAllText($"{many}/{i}", $"file {i}");
        bed.AssertSame(timeout: TimeSpan.FromMinutes(2));
        Directory.Delete(many, recursive: true);
        bed.AssertSame(timeout: TimeSpan.FromMinutes(2));
    }

    [Theory, EachTarget]
    public void Random_churn_of_several_writers_ends_with_equal_trees(TargetKind kind)
    {
        using var bed = new MirrorBed(kind).Start();
        new RandomWriter(bed.Source.Path, TestSeed.Next()).Run(TestContext.Current.CancellationToken);
        bed.AssertSame(timeout: TimeSpan.FromMinutes(1));
    }

    [Theory, EachTarget]
    public void A_file_that_grows_while_it_is_sent_ends_up_whole(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("log", new byte[30_000_000]);
        bed.Start(wait: false);
        for (var i = 0; i < 200; i++)
        {
            File.AppendAllText(bed.Source["log"], $"line {i}\n");
            Thread.Sleep(5);
        }
        bed.AssertSame();
    }

    [Theory, EachTarget]
    public void Changes_made_while_no_mirror_ran_are_found(TargetKind kind)
    {
        using var bed = new MirrorBed(kind).Start();
        var seed = TestSeed.Next();
        new RandomWriter(bed.Source.Path, seed) { Operations = 100 }.Run(TestContext.Current.CancellationToken);
        bed.Stop();
        new RandomWriter(bed.Source.Path, seed + 1) { Operations = 100 }.Run(TestContext.Current.CancellationToken);
        bed.Start(wait: false);
        bed.AssertSame(timeout: TimeSpan.FromMinutes(1));
    }

    [Theory, EachTarget]
    public void A_source_that_vanishes_halts_the_mirror_and_the_destination_keeps_all(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("d/file", "precious");
        bed.Start();
        bed.AssertSame();
        Directory.Move(bed.Source.Path, bed.Source.Path + ".away");
        Directory.Move(bed.Source.Path + ".away", bed.Source.Path + ".gone");
        try
        {
            Eventually.Equal(DestinationState.Halted, () => bed.Worker.Status.State);
            Assert.Equal("precious", bed.Target.Read("d/file"));
        }
        finally
        {
            Directory.Delete(bed.Source.Path + ".gone", recursive: true);
        }
    }

    [Theory, EachTarget]
    public void A_source_that_turns_empty_halts_the_mirror_and_never_empties_the_destination(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("d/file", "precious");
        bed.Start();
        bed.AssertSame();
        bed.Stop();
        Directory.Delete(bed.Source["d"], recursive: true);
        File.Delete(bed.Source["stays"]);
        bed.Start(wait: false);
        Eventually.Equal(DestinationState.Halted, () => bed.Worker.Status.State);
        Assert.Contains("empty", bed.Worker.Status.Reason, StringComparison.Ordinal);
        Assert.Equal("precious", bed.Target.Read("d/file"));
    }

    [Theory, EachTarget]
    public void A_new_source_that_is_empty_is_waited_for(TargetKind kind)
    {
        using var state = new TempDirectory();
        using var bed = new MirrorBed(kind) { State = state.Path };
        File.Delete(bed.Source["stays"]);
        bed.Start(wait: false);
        Eventually.Equal(DestinationState.Waiting, () => bed.Worker.Status.State);
        bed.Source.Write("d/file", "the first");
        bed.AssertSame();
        Assert.Equal(DestinationState.Following, bed.Worker.Status.State);
    }

    [Theory, EachTarget]
    public void What_is_excluded_is_neither_sent_nor_deleted(TargetKind kind)
    {
        using var bed = new MirrorBed(kind) { Rules = new FilterRulesBuilder().AddExclude("*.o").AddExclude("/cache/").Build() };
        bed.Source.Write("d/a.o", "object");
        bed.Source.Write("d/a.c", "text");
        bed.Source.Write("cache/x", "cached");
        bed.Target.Write("d/kept.o", "of the destination");
        bed.Target.Write("d/extraneous", "goes");
        bed.Start();
        bed.Source.Write("d/b.o", "object");
        bed.Source.Write("d/b.c", "text");
        Eventually.True(() => File.Exists(bed.Target["d/b.c"]), "b.c there");
        bed.Source.Write("last", "");
        Eventually.True(() => File.Exists(bed.Target["last"]), "the last change there");
        Assert.Equal(["a.c", "b.c", "kept.o"], Directory.GetFiles(bed.Target["d"]).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(bed.Target["cache"]));
    }

    [Theory, EachTarget]
    public void What_gitignore_files_name_is_not_sent_and_they_are_followed(TargetKind kind)
    {
        using var bed = new MirrorBed(kind) { Rules = new FilterRulesBuilder { GitIgnore = true }.Build() };
        bed.Source.Write(".gitignore", "*.o\n");
        bed.Source.Write("d/a.o", "object");
        bed.Source.Write("d/a.c", "text");
        bed.Start();
        Assert.Equal(["a.c"], Directory.GetFiles(bed.Target["d"]).Select(Path.GetFileName));
        bed.Source.Write(".gitignore", "*.tmp\n");
        bed.AssertSame();
    }

    [Theory, EachTarget]
    public void With_a_time_to_settle_a_file_is_sent_when_it_has_been_left_alone(TargetKind kind)
    {
        using var bed = new MirrorBed(kind) { Settle = TimeSpan.FromMilliseconds(300) };
        bed.Start();
        var batches = bed.Worker.Status.Batches;
        for (var i = 0; i < 20; i++)
        {
            bed.Source.Write("often", $"version {i}");
            Thread.Sleep(10);
        }
        bed.AssertSame();
        Assert.InRange(bed.Worker.Status.Files, 1, 5);
        Assert.True(bed.Worker.Status.Batches > batches);
    }

    [Fact]
    public void A_file_that_is_open_is_sent_when_it_is_closed_also_in_a_new_directory()
    {
        using var bed = new MirrorBed(TargetKind.Local) { WaitClose = TimeSpan.FromSeconds(60) };
        bed.Start();
        bed.Source.Mkdir("new");
        using (var file = File.Create(bed.Source["new/open"]))
        {
            file.Write("half"u8);
            file.Flush();
            bed.Source.Write("new/other", "x");
            Eventually.True(() => File.Exists(bed.Target["new/other"]), "the other one arrives");
            Thread.Sleep(200);
            Assert.False(File.Exists(bed.Target["new/open"]));
        }
        bed.AssertSame();
    }

    [Fact]
    public void A_recheck_finds_what_is_stored_through_mapped_memory()
    {
        using var bed = new MirrorBed(TargetKind.Local) { Recheck = TimeSpan.FromMilliseconds(300) };
        bed.Source.Write("mapped", new byte[5000]);
        bed.Start();
        using var file = MemoryMappedFile.CreateFromFile(bed.Source["mapped"]);
        using var view = file.CreateViewAccessor();
        view.Write(4000, 77);
        bed.AssertSame();
    }

    [Fact]
    public void A_destination_that_hangs_delays_no_other()
    {
        using var bed = new MirrorBed(TargetKind.RsyncInstalled);
        using var quick = new TempDirectory();
        var link = new LoopbackLink(bed.Daemon!.Port);
        bed.Port = link.Port;
        bed.Also = quick.Path;
        bed.Start();
        link.Stall();
        new RandomWriter(bed.Source.Path, TestSeed.Next()) { Operations = 100 }.Run(TestContext.Current.CancellationToken);
        Eventually.SameTrees(bed.Source.Path, quick.Path);
        Assert.True(bed.Worker.Status.Pending > 0, "the one that hangs has nothing");
        link.Repair();
        bed.AssertSame(timeout: TimeSpan.FromMinutes(1));
        bed.Stop();
        link.Dispose();
    }

    [Theory, EachRsync]
    public void A_daemon_that_takes_everything_and_says_nothing_is_given_up(RsyncVersion version)
    {
        using var bed = new MirrorBed(version == RsyncVersion.Installed ? TargetKind.RsyncInstalled : TargetKind.Rsync327) { Timeout = TimeSpan.FromSeconds(2) };
        bed.Start().AssertSame();
        // First the one that makes more of them.
        Command.Check("kill", "-STOP", $"{bed.Daemon!.Pid}");
        Eventually.True(() => ProcessTable.IsStopped(bed.Daemon.Pid), "stopped");
        var processes = ProcessTable.Family(bed.Daemon.Pid).Select(pid => $"{pid}").ToList();
        // One of them may have ended by now.
        Command.Run("kill", ["-STOP", .. processes]);
        bed.Source.Write("file", "content");
        Eventually.Equal(DestinationState.Away, () => bed.Worker.Status.State);
        Assert.Contains("timeout", bed.Worker.Status.Reason, StringComparison.Ordinal);
        Command.Run("kill", ["-CONT", .. processes]);
        bed.AssertSame(timeout: TimeSpan.FromMinutes(1));
        bed.Stop();
    }

    [Theory, EachRsync]
    public void A_daemon_that_dies_and_comes_back_gets_what_it_missed(RsyncVersion version)
    {
        using var bed = new MirrorBed(version == RsyncVersion.Installed ? TargetKind.RsyncInstalled : TargetKind.Rsync327).Start();
        bed.Daemon!.Kill();
        new RandomWriter(bed.Source.Path, TestSeed.Next()) { Operations = 100 }.Run(TestContext.Current.CancellationToken);
        Eventually.Equal(DestinationState.Away, () => bed.Worker.Status.State);
        Assert.True(bed.Worker.Status.Pending > 0);
        bed.Daemon.Restart();
        bed.AssertSame(timeout: TimeSpan.FromMinutes(1));
        Eventually.Equal(0, () => bed.Worker.Status.Pending);
    }

    private static void Swap(TempDirectory at, string name, Action<string> make)
    {
        if (Directory.Exists(at[name]) && new DirectoryInfo(at[name]).LinkTarget is null)
            Directory.Delete(at[name], recursive: true);
        else
            File.Delete(at[name]);
        make(at[name]);
    }

    private static void Run(string program, params string[] arguments) => Command.Check(program, arguments);
}
