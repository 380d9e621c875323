using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Destinations.Remote;

public sealed class BatchSharesTests
{
    private const uint Directory = 0x41ED, File = 0x81A4;

    [Fact]
    public void Two_shares_are_together_the_batch_and_each_has_what_it_needs()
    {
        var batch = Batch(TestSeed.Next());
        var shares = BatchShares.Of(batch);
        Assert.Equal(2, shares.Count);
        Assert.All(shares, share => AssertComplete(batch, share));
        // What is in a directory, and what is deleted there, is done by one of them; both may name a directory, but only one sweeps it.
        var done = shares.SelectMany(share => share.Items).Where(item => !item.Stat.IsDirectory || item.Action == PlannedAction.Sweep);
        Assert.Equal(batch.Items.Where(item => !item.Stat.IsDirectory || item.Action == PlannedAction.Sweep).OrderBy(item => item.Path), done.OrderBy(item => item.Path));
        Assert.Equal(batch.Items.Select(item => item.Path).Order(), shares.SelectMany(share => share.Items).Select(item => item.Path).Distinct().Order());
        Assert.All(shares, share => Assert.InRange(share.Items.Count, batch.Items.Count / 4, batch.Items.Count * 3 / 4));
    }

    [Fact]
    public void Names_of_one_file_stay_in_one_session()
    {
        var batch = Batch(TestSeed.Next());
        var linked = new FileStat { Mode = File, Inode = 77, LinkCount = 2 };
        var names = batch.Items.Where(item => item.Stat.IsRegular).OrderBy(item => item.Path.Parent).ToList();
        PlannedBatch Linked(PlannedItem one, PlannedItem other) =>
            batch with { Items = [.. batch.Items.Select(item => item == one || item == other ? item with { Stat = linked } : item)] };
        Assert.Single(BatchShares.Of(Linked(names[0], names[^1])));
        Assert.Equal(2, BatchShares.Of(Linked(names[0], names[1])).Count);
    }

    [Fact]
    public void What_is_small_or_in_one_directory_is_not_shared()
    {
        var root = new PlannedItem(TreePath.Root, PlannedAction.Sweep, new FileStat { Mode = Directory });
        PlannedItem Named(int i) => new(TreePath.Parse($"{i}"), PlannedAction.Send, new FileStat { Mode = File });
        Assert.Single(BatchShares.Of(new PlannedBatch { Items = [root, .. Enumerable.Range(0, 5_000).Select(Named)], Marks = [] }));
        Assert.Single(BatchShares.Of(new PlannedBatch { Items = [.. Batch(TestSeed.Next()).Items.Take(500)], Marks = [] }));
    }

    private static void AssertComplete(PlannedBatch batch, PlannedBatch share)
    {
        var paths = share.Items.Select(item => item.Path).ToHashSet();
        Assert.Equal(share.Items.Count, paths.Count);
        Assert.All(share.Items.Where(item => !item.Path.IsRoot), item => Assert.Contains(item.Path.Parent, paths));
        // A name that is not listed in a directory that is swept would be deleted.
        foreach (var swept in share.Items.Where(item => item.Action == PlannedAction.Sweep))
            Assert.All(batch.Items.Where(item => !item.Path.IsRoot && item.Path.Parent == swept.Path), item => Assert.Contains(item.Path, paths));
    }

    private static PlannedBatch Batch(int seed)
    {
        var random = new Random(seed);
        var directories = new List<TreePath> { TreePath.Root };
        List<PlannedItem> items = [new(TreePath.Root, PlannedAction.Parent, new FileStat { Mode = Directory })];
        for (var i = 0; i < 3_000; i++)
        {
            var path = directories[random.Next(directories.Count)].Child(System.Text.Encoding.ASCII.GetBytes($"{i}"));
            if (random.Next(30) == 0)
            {
                directories.Add(path);
                items.Add(new PlannedItem(path, (PlannedAction)random.Next(3), new FileStat { Mode = Directory }));
            }
            else
            {
                items.Add(random.Next(10) == 0 ? new PlannedItem(path, PlannedAction.Delete) : new PlannedItem(path, PlannedAction.Send, new FileStat { Mode = File }));
            }
        }
        return new PlannedBatch { Items = items, Marks = [] };
    }
}
