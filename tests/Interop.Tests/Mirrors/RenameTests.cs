using ChangedFiles.Engine.Changes;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>What was renamed is renamed at the destination, and no data travels.</summary>
public sealed class RenameTests
{
    private const int FileSize = 300_000;

    private static IEnumerable<(string Name, Action<Mover> Change)> Renames =>
    [
        ("to a name after it", at => at.Move("f1", "f2")),
        ("to a name before it", at => at.Move("f2", "f1")),
        ("into a directory", at => at.Move("f1", "tree/f1")),
        ("over another file that comes before it", at => at.Move("tree/f1", "a")),
        ("over another file that comes after it", at => at.Move("a", "b")),
        ("in a row", at => at.Move("b", "x1").Move("x1", "x2").Move("x2", "x0").Move("x0", "a")),
        ("into a new directory", at => at.Mkdir("new").Move("a", "new/a")),
        ("and back, twice", at => at.Move("new/a", "a").Move("a", "new/a").Move("new/a", "a")),
        ("and back where it was", at => at.Move("a", "new/a").Move("new/a", "a")),
        ("swapped", at => at.Move("c", "t").Move("d", "c").Move("t", "d")),
        ("three in a circle", at => at.Move("c", "t").Move("d", "c").Move("e", "d").Move("t", "e")),
        ("passed on", at => at.Move("c", "old").Move("d", "c")),
        ("one of two names of an inode", at => at.Move("linked1", "linked3")),
        ("both names of an inode", at => at.Move("linked2", "linked1").Move("linked3", "linked2")),
        ("a directory", at => at.Move("tree", "tree2")),
        ("a directory to a name before it", at => at.Move("tree2", "tree")),
        ("a directory into another", at => at.Move("tree", "new/tree")),
        ("a directory, and out of it", at => at.Move("new/tree", "tree").Move("tree/1", "one")),
        ("out of a directory, and that too", at => at.Move("tree/2", "two").Move("tree", "tree2")),
        ("into a directory that is renamed", at => at.Move("two", "tree2/two").Move("tree2", "tree")),
        ("a directory in a directory, both", at => at.Move("tree/sub", "tree/bus").Move("tree", "tree3").Move("tree3/bus", "tree3/sub").Move("tree3", "tree")),
        ("directories swapped", at => at.Move("tree", "t").Move("other", "tree").Move("t", "other")),
        ("a directory in place of another", at => at.Move("tree", "old-tree").Move("other", "tree")),
    ];

    [Theory, EachTarget]
    public void No_data_travels(TargetKind kind)
    {
        using var bed = Fill(new MirrorBed(kind));
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        bed.AssertSame();
        foreach (var (name, change) in Renames)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(name);
            change(new Mover(bed.Source, steps.Changes));
            var sent = steps.Deliver().Sum(delivery => delivery.LiteralBytes);
            bed.AssertSame();
            Assert.Equal((name, 0), (name, sent));
        }
        Assert.Empty(Directory.GetFileSystemEntries(bed.Target.Path, "..*"));
    }

    /// <summary>Names that are in each other's way, in one batch. A few lose their hints: what a directory took along when it moved twice.</summary>
    [Theory, EachTarget]
    public void Many_renames_are_delivered_together(TargetKind kind)
    {
        using var bed = Fill(new MirrorBed(kind, chroot: false));
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        foreach (var (_, change) in Renames)
            change(new Mover(bed.Source, steps.Changes));
        var sent = steps.Deliver().Sum(delivery => delivery.LiteralBytes);
        bed.AssertSame();
        Assert.InRange(sent, 0, FileSize);
        Assert.Empty(Directory.GetFileSystemEntries(bed.Target.Path, "..*"));
    }

    /// <summary>What was a file is a directory for a moment, and what was in it is elsewhere: no list can hold all these names.</summary>
    [Theory, EachTarget]
    public void Names_that_were_one_thing_after_the_other_end_with_equal_trees(TargetKind kind)
    {
        using var bed = Fill(new MirrorBed(kind));
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        new Mover(bed.Source, steps.Changes).Move("f1", "x").Move("tree", "f1").Move("f1/1", "y").Move("f1", "tree").Move("x", "f1");
        steps.Deliver();
        bed.AssertSame();
        new Mover(bed.Source, steps.Changes).Move("f1", "x").Move("tree", "f1").Move("f1/2", "z");
        steps.Deliver();
        bed.AssertSame();
    }

    [Theory, EachTarget]
    public void Renames_that_overtake_each_other_end_with_equal_trees(TargetKind kind)
    {
        using var bed = Fill(new MirrorBed(kind)).Start();
        foreach (var (_, change) in Renames)
            change(new Mover(bed.Source, null));
        bed.AssertSame();
        TestContext.Current.TestOutputHelper?.WriteLine($"{bed.Worker.Status.LiteralBytes} bytes of data");
    }

    [Theory]
    [InlineData("big", "later")]
    [InlineData("later", "big")]
    [InlineData("big", "sub/other")]
    public void A_large_file_takes_less_than_a_kilobyte(string from, string to)
    {
        using var bed = new MirrorBed(TargetKind.RsyncInstalled);
        bed.Source.Mkdir("sub");
        bed.Source.Write(from, new byte[20_000_000]);
        using var link = new LoopbackLink(bed.Daemon!.Port);
        bed.Port = link.Port;
        bed.Start();
        bed.AssertSame();
        var before = bed.Worker.Status;
        new Mover(bed.Source, null).Move(from, to);
        bed.AssertSame();
        Eventually.Equal(0, () => bed.Worker.Status.Pending);
        Assert.InRange(bed.Worker.Status.BytesSent - before.BytesSent, 1, 999);
    }

    [Fact]
    public void A_directory_of_two_thousand_files_takes_less_than_150_kilobytes()
    {
        using var bed = new MirrorBed(TargetKind.RsyncInstalled);
        for (var i = 0; i < 2000; i++)
            bed.Source.Write($"tree/{i % 20}/file {i}", new byte[20_000]);
        using var link = new LoopbackLink(bed.Daemon!.Port);
        bed.Port = link.Port;
        bed.Start();
        bed.AssertSame();
        var (sent, received) = (link.Sent, link.Received);
        new Mover(bed.Source, null).Move("tree", "moved");
        bed.AssertSame();
        Eventually.Equal(0, () => bed.Worker.Status.Pending);
        TestContext.Current.TestOutputHelper?.WriteLine($"{link.Sent - sent} sent, {link.Received - received} received");
        Assert.InRange(link.Sent - sent + (link.Received - received), 1, 150_000);
    }

    [Theory, EachTarget]
    public void Another_file_with_the_same_size_and_time_is_not_taken_for_the_renamed_one(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var name in (string[])["a", "b", "d/x", "e/x"])
            File.SetLastWriteTimeUtc(bed.Source.Write(name, RandomBytes(100_000)), time);
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        bed.AssertSame();
        foreach (var change in (Action<Mover>[])[
            at => at.Move("a", "t").Move("b", "a").Move("t", "b"),
            at => at.Move("b", "a"),
            at => at.Move("d", "t").Move("e", "d").Move("t", "e")])
        {
            change(new Mover(bed.Source, steps.Changes));
            steps.Deliver();
            bed.AssertSame();
        }
    }

    /// <summary>A hint that is out of date costs an attempt, never the state: a receiver would empty the directory to make room for the file.</summary>
    [Theory, EachTarget]
    public void A_directory_by_the_name_that_a_file_had_keeps_what_is_in_it(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("name/in", "it");
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        bed.Source.Write("file", RandomBytes(FileSize));
        steps.Changes.MarkRenamed(TreePath.Parse("name"), TreePath.Parse("file"), directory: false);
        steps.Deliver();
        bed.AssertSame();
    }

    [Theory, EachTarget]
    public void A_directory_that_is_there_is_not_given_away_for_one_that_had_its_name(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        bed.Source.Write("name/in", RandomBytes(FileSize));
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        Directory.Move(bed.Source["name"], bed.Source["other"]);
        bed.Source.Write("name/new", "it");
        steps.Changes.Mark(TreePath.Parse("name"), subtree: true);
        steps.Deliver();
        // Only now comes the event, and where it was delivered last is where another directory is by now.
        steps.Changes.MarkRenamed(TreePath.Parse("gone"), TreePath.Parse("other"), directory: true);
        steps.Deliver();
        bed.AssertSame();
    }

    [Fact]
    public void A_daemon_that_refuses_links_gets_the_data()
    {
        using var bed = Fill(new MirrorBed(TargetKind.RsyncInstalled));
        bed.Daemon!.Configure(new RsyncModule("mod", bed.Target.Path) { ["refuse options"] = "hard-links link-dest" });
        bed.Start();
        new Mover(bed.Source, null).Move("a", "x");
        new Mover(bed.Source, null).Move("tree", "tree2");
        bed.AssertSame(TreeIgnore.HardLinks);
    }

    private static MirrorBed Fill(MirrorBed bed)
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f1", "linked1"])
            bed.Source.Write(name, RandomBytes(FileSize));
        Command.Check("ln", bed.Source["linked1"], bed.Source["linked2"]);
        for (var i = 0; i < 20; i++)
        {
            bed.Source.Write($"tree/{i}", RandomBytes(20_000));
            bed.Source.Write($"tree/sub/{i}", RandomBytes(1000));
            bed.Source.Write($"other/{i}", RandomBytes(20_000));
        }
        bed.Source.Symlink("tree/link", "1");
        return bed;
    }

    private static byte[] RandomBytes(int size)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Renames, and where nobody watches says so.</summary>
    private sealed class Mover(TempDirectory at, DirtyTree? changes)
    {
        public Mover Move(string from, string to)
        {
            var isDirectory = Directory.Exists(at[from]);
            if (isDirectory)
                Directory.Move(at[from], at[to]);
            else
                File.Move(at[from], at[to], overwrite: true);
            changes?.MarkRenamed(TreePath.Parse(from), TreePath.Parse(to), isDirectory);
            return this;
        }

        public Mover Mkdir(string name)
        {
            at.Mkdir(name);
            changes?.Mark(TreePath.Parse(name));
            return this;
        }
    }
}
