using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.TestKit;

public sealed class RandomTreeTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_same_seed_makes_the_same_tree()
    {
        var seed = TestSeed.Next();
        new TreeMaker(seed).Fill(_temp.Mkdir("a"));
        new TreeMaker(seed).Fill(_temp.Mkdir("b"));

        TreeDiff.AssertSame(_temp["a"], _temp["b"], TreeIgnore.Root, TreeDetails.All);
    }

    [Fact]
    public void A_tree_has_something_of_everything()
    {
        new TreeMaker(1) { Count = 2000 }.Fill(_temp.Mkdir("a"));

        var entries = TreeSnapshot.Of(_temp["a"]).Entries.Values;

        Assert.Superset((Privileges.MayMakeDevices ? "dflpscb" : "dflps").ToHashSet(), entries.Select(entry => entry.Type).ToHashSet());
        Assert.Contains(entries, entry => entry.LinkedWith.Length > 0);
        Assert.Contains(entries, entry => entry.Path.Split('/')[^1].Length == 255);
        Assert.Contains(entries, entry => entry.Mtime.StartsWith('-'));
        Assert.Contains(entries, entry => entry.Type == 'f' && entry.Size > 50_000 && entry.Blocks * 512 < entry.Size / 2);
        Assert.InRange(entries.Count(), 1000, 2001);
    }

    [Fact]
    public void One_writer_does_the_same_with_the_same_seed()
    {
        var seed = TestSeed.Next();
        foreach (var name in (string[])["a", "b"])
        {
            new TreeMaker(seed) { Count = 50 }.Fill(_temp.Mkdir(name));
            new RandomWriter(_temp[name], seed) { Writers = 1, MaxPause = TimeSpan.Zero }.Run(TestContext.Current.CancellationToken);
        }
        TreeDiff.AssertSame(_temp["a"], _temp["b"], TreeIgnore.Times);
    }

    [Fact]
    public void Several_writers_change_much_and_leave_a_tree_that_can_be_copied()
    {
        var writer = new RandomWriter(_temp.Mkdir("a"), TestSeed.Next()) { Operations = 500, MaxPause = TimeSpan.Zero };
        writer.Run(TestContext.Current.CancellationToken);
        Command.Check("cp", "-a", _temp["a"], _temp["b"]);

        Assert.InRange(writer.Done, 300, 1500);
        Assert.Equal("here", _temp.Read("a/stays"));
        TreeDiff.AssertSame(_temp["a"], _temp["b"]);
    }

    [Theory, EachRsync]
    public void Stock_rsync_copies_a_random_tree_so_that_the_judge_sees_no_difference(RsyncVersion version)
    {
        new TreeMaker(TestSeed.Next()).Fill(_temp.Mkdir("a"));
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _temp.Mkdir("b")));

        version.Run("-aH", _temp["a/"], daemon.Url("mod/")).Checked();

        TreeDiff.AssertSame(_temp["a"], _temp["b"], TreeIgnore.Root);
    }
}
