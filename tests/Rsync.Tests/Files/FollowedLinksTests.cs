using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class FollowedLinksTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public FollowedLinksTests()
    {
        _temp.Write("tree/d/f", "inside");
        _temp.Write("outside/f", "outside");
        _temp.Symlink("tree/in", "d");
        _temp.Symlink("tree/in-f", "d/f");
        _temp.Symlink("tree/out", "../outside");
        _temp.Symlink("tree/out-f", _temp["outside/f"]);
        _temp.Symlink("tree/dangling", "nothing");
    }

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(LinkPolicy.Refuse, Errno.ELOOP, Errno.ELOOP)]
    [InlineData(LinkPolicy.FollowBeneath, Errno.None, Errno.EXDEV)]
    [InlineData(LinkPolicy.Follow, Errno.None, Errno.None)]
    public void Links_lead_as_far_as_the_policy_says(LinkPolicy links, Errno inside, Errno outside)
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree, new() { Links = links }));
        using (tree)
        {
            foreach (var (name, expected) in new[] { ("in-f", inside), ("out-f", outside), ("in/f", inside), ("out/f", outside) })
            {
                var path = TreePath.Parse(name);
                Assert.Equal(expected, tree!.Open(path, out var file));
                file?.Dispose();
                if (name.Contains('/'))
                    Assert.Equal(expected, tree.Stat(path, out _));
            }
            Assert.Equal(inside, tree!.List(TreePath.Parse("in"), new List<byte[]>()));
            Assert.Equal(outside, tree.List(TreePath.Parse("out"), new List<byte[]>()));
            Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("out-f"), out var stat));
            Assert.True(stat.IsSymlink);
        }
    }

    [Fact]
    public void What_a_link_leads_to_is_told_on_request()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree, new() { Links = LinkPolicy.Follow }));
        using (tree)
        {
            Assert.Equal(Errno.None, tree!.StatThrough(TreePath.Parse("out-f"), out var stat));
            Assert.Equal((FileKind.Regular, 7), (stat.Kind, stat.Size));
            Assert.Equal(Errno.None, tree.StatThrough(TreePath.Parse("in"), out stat));
            Assert.Equal(FileKind.Directory, stat.Kind);
            Assert.Equal(Errno.ENOENT, tree.StatThrough(TreePath.Parse("dangling"), out _));
        }
    }

    [Fact]
    public void What_is_written_never_goes_through_the_last_link()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree, new() { Links = LinkPolicy.FollowBeneath }));
        using (tree)
        {
            Assert.Equal(Errno.ELOOP, tree!.OpenInPlace(TreePath.Parse("in-f"), out _));
            Assert.Equal(Errno.None, tree.OpenInPlace(TreePath.Parse("in/f"), out var file));
            file!.Dispose();
            Assert.Equal(Errno.None, tree.RemoveTree(TreePath.Parse("in")));
            Assert.Equal("inside", _temp.Read("tree/d/f"));
        }
    }

    [Fact]
    public void A_file_of_another_tree_can_be_linked_and_moved_here()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree));
        Assert.Equal(Errno.None, LocalTree.Open(_temp["outside"], out var other));
        using (tree)
        using (other)
        {
            Assert.Equal(Errno.None, tree!.LinkFrom(other!, TreePath.Parse("f"), TreePath.Parse("d/linked")));
            Assert.Equal(Errno.None, tree.LinkFrom(other!, TreePath.Parse("f"), TreePath.Parse("d/f"), replace: true));
            Assert.Equal(Errno.None, tree.MoveFrom(other!, TreePath.Parse("f"), TreePath.Parse("d/moved")));
            IFileTarget memory = new MemoryTree();
            Assert.Equal(Errno.EXDEV, memory.MoveFrom(tree, TreePath.Parse("d/moved"), TreePath.Parse("f")));
            Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("d/moved"), out var stat));
            Assert.Equal(3u, stat.LinkCount);
        }
        Assert.Equal("outside", _temp.Read("tree/d/f"));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["outside"]));
    }
}
