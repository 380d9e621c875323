using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Engine.Tests.Planning;

/// <summary>Names of one inode of which nothing is told when it gets another one.</summary>
public sealed class LinkedNamesTests
{
    private readonly MemoryTree _source = new();
    private readonly Planner _planner;

    public LinkedNamesTests()
    {
        _planner = new Planner(_source, new Selection(FilterRules.None, _source)) { SearchesLinks = true };
        Assert.Equal(Errno.None, _source.OpenInPlace(Path("first"), out var file));
        file!.Dispose();
        Sent(new DirtyMark(TreePath.Root) { Subtree = true });
    }

    [Fact]
    public void The_first_name_goes_with_the_second() => Assert.Equal(["first", "second"], Sent(Link("second")));

    [Fact]
    public void A_name_that_went_with_its_directory_does_not_count_as_found()
    {
        _source.MakeDirectory(Path("d"), 0x1ED);
        Sent(Link("d/second"));
        _source.RemoveTree(Path("d"));
        Link("third");
        Assert.Equal(["first", "third"], Sent(new DirtyMark(Path("first"))));
    }

    [Fact]
    public void What_a_name_did_that_went_before_the_others_were_searched_is_not_lost()
    {
        _planner.SearchesLinks = false;
        Assert.Equal(["second"], Sent(Link("second")));
        _source.Unlink(Path("second"));
        Assert.Empty(Sent(new DirtyMark(Path("second"))));
        Assert.True(_planner.HasNotSearched);
        _planner.SearchesLinks = true;
        Assert.Equal(["first"], Sent(new DirtyMark(TreePath.Root)));
        Assert.False(_planner.HasNotSearched);
    }

    [Fact]
    public void A_name_outside_of_what_is_mirrored_is_searched_once()
    {
        var links = new LinkIndex();
        var stat = new FileStat { Inode = 1, LinkCount = 2 };
        links.Add(Path("first"), stat);
        links.Count(stat);
        Assert.True(links.IsIncomplete);
        Assert.Equal([1UL], links.TakeIncomplete());
        links.Count(stat);
        Assert.False(links.IsIncomplete);
        links.Count(stat with { LinkCount = 3 });
        Assert.True(links.IsIncomplete);
    }

    private static TreePath Path(string path) => TreePath.Parse(path);

    private DirtyMark Link(string path)
    {
        Assert.Equal(Errno.None, _source.MakeLink(Path(path), Path("first")));
        return new DirtyMark(Path(path));
    }

    private IEnumerable<string> Sent(DirtyMark mark)
    {
        var batch = _planner.Plan([mark], DateTimeOffset.UtcNow);
        _planner.Recheck(batch, now: 0);
        return batch.Items.Where(item => item.Action == PlannedAction.Send && !item.Stat.IsDirectory).Select(item => item.Path.ToString()).Order();
    }
}
