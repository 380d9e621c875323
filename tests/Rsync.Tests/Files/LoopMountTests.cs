using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class LocalTreeOnBtrfsTests() : LoopMountTests("btrfs");

public sealed class LocalTreeOnXfsTests() : LoopMountTests("xfs");

/// <summary>One fresh file system is enough to see what differs from the others: reflinks, directories' link counts, attributes.</summary>
public abstract class LoopMountTests(string kind)
{
    [Fact]
    public void Clones_attributes_and_removed_directories_work()
    {
        using var mount = TempMount.Loop(kind);
        Assert.Equal(Errno.None, LocalTree.Open(mount.Path, out var tree));
        using (tree)
        {
            AClonedFileSharesItsBlocks(tree!);
            AttributesAndAclsAreKept(tree!);
            ADirectoryMadeAgainIsSeen(tree!);
        }
    }

    private static void AClonedFileSharesItsBlocks(LocalTree tree)
    {
        Assert.Equal(Errno.None, tree.Create(TreePath.Parse("source"), out var target));
        using (target)
        {
            Assert.Equal(Errno.None, target!.Write(new byte[4 << 20], 0));
            Assert.Equal(Errno.None, target.Sync());
            Assert.Equal(Errno.None, target.Commit());
        }
        tree.StatFileSystem(out var before);
        Assert.Equal(Errno.None, tree.Open(TreePath.Parse("source"), out var source));
        Assert.Equal(Errno.None, tree.Create(TreePath.Parse("clone"), out target));
        using (source)
        using (target)
        {
            Assert.Equal(Errno.None, FileCopy.CloneOrCopy(source!, target!, out var copied, TestContext.Current.CancellationToken));
            Assert.Equal(4 << 20, copied);
            Assert.Equal(Errno.None, target!.Sync());
            Assert.Equal(Errno.None, target.Commit());
        }
        tree.StatFileSystem(out var after);
        Assert.InRange(before.Available - after.Available, 0, 1 << 20);
    }

    private static void AttributesAndAclsAreKept(LocalTree tree)
    {
        var path = TreePath.Parse("d");
        var acl = new PosixAcl { Owner = 7, OwningGroup = 5, Mask = 7, Other = 0, Named = [new(1, true, 7)] };
        var metadata = new Metadata { Uid = 3, Gid = 4, Mode = 0x45F8, AccessAcl = acl, DefaultAcl = acl, Xattrs = [new("user.a"u8.ToArray(), new byte[3000])] };
        Assert.Equal(Errno.None, tree.MakeDirectory(path, 0x1C0));
        Assert.Equal(Errno.None, tree.SetMetadata(path, metadata, out _));
        Assert.Equal(Errno.None, tree.Stat(path, out var stat));
        Assert.Equal((3u, 4u, 0x45F8u), (stat.Uid, stat.Gid, stat.Mode));
        Assert.Equal(Errno.None, tree.GetXattr(path, PosixAcl.DefaultAttribute, out var value));
        Assert.Equal(acl.Format(), value);
        Assert.Equal(Errno.None, tree.GetXattr(path, "user.a"u8, out value));
        Assert.Equal(3000, value.Length);
    }

    private static void ADirectoryMadeAgainIsSeen(LocalTree tree)
    {
        Assert.Equal(Errno.ENOENT, tree.Stat(TreePath.Parse("d/new"), out _));
        Assert.Equal(Errno.None, tree.OpenTree(TreePath.Root, out var same));
        using (same)
        {
            Assert.Equal(Errno.None, same!.RemoveDirectory(TreePath.Parse("d")));
            Assert.Equal(Errno.None, same.MakeDirectory(TreePath.Parse("d"), 0x1C0));
            Assert.Equal(Errno.None, same.MakeDirectory(TreePath.Parse("d/new"), 0x1C0));
        }
        Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("d/new"), out _));
    }
}
