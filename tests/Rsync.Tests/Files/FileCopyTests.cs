using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class FileCopyTests : IDisposable
{
    private static readonly TreePath Source = TreePath.Parse("source"), Copy = TreePath.Parse("copy");

    private readonly TempDirectory _temp = new();
    private readonly LocalTree _tree;

    public FileCopyTests()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp.Path, out var tree));
        _tree = tree!;
    }

    public void Dispose()
    {
        _tree.Dispose();
        _temp.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_copy_has_the_same_bytes_whatever_it_goes_through(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        _temp.Write("source", content);
        var memory = new MemoryTree();
        CopyWhole(_tree, _tree);
        CopyWhole(_tree, memory);
        Assert.Equal(Errno.None, memory.Rename(Copy, Source));
        Assert.Equal(Errno.None, _tree.Rename(Copy, TreePath.Parse("kept")));
        CopyWhole(memory, _tree);
        Assert.Equal(content, File.ReadAllBytes(_temp["kept"]));
        Assert.Equal(content, File.ReadAllBytes(_temp["copy"]));
    }

    [Fact]
    public void Holes_stay_holes()
    {
        using (var file = File.OpenHandle(_temp["source"], FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, "start"u8, 0);
            RandomAccess.Write(file, "middle"u8, 8 << 20);
            RandomAccess.SetLength(file, 16 << 20);
        }
        CopyWhole(_tree, _tree);
        Assert.Equal(File.ReadAllBytes(_temp["source"]), File.ReadAllBytes(_temp["copy"]));
        Assert.Equal(Errno.None, _tree.Stat(Copy, out var copy));
        Assert.InRange(copy.Blocks * 512, 1, 1 << 20);
    }

    [Fact]
    public void A_file_with_holes_arrives_whole_on_another_file_system()
    {
        using var mount = TempMount.Tmpfs("8m");
        Assert.Equal(Errno.None, LocalTree.Open(mount.Path, out var other));
        using (other)
        {
            using (var file = File.OpenHandle(mount.Path + "/source", FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.SetLength(file, 100_001);
                RandomAccess.Write(file, "middle"u8, 50_000);
            }
            CopyWhole(other!, _tree);
        }
        Assert.Equal("middle"u8, File.ReadAllBytes(_temp["copy"]).AsSpan(50_000, 6));
        Assert.Equal(100_001, new FileInfo(_temp["copy"]).Length);
    }

    [Fact]
    public void A_file_that_was_cut_gives_what_is_left()
    {
        _temp.Write("source", new byte[100_000]);
        Assert.Equal(Errno.None, _tree.Open(Source, out var source));
        Assert.Equal(Errno.None, _tree.Create(Copy, out var target));
        using (source)
        using (target)
        {
            _temp.Write("source", new byte[70_000]);
            using (var file = File.OpenHandle(_temp["source"], FileMode.Open, FileAccess.Write))
                RandomAccess.SetLength(file, 70_000);
            Assert.Equal(Errno.None, FileCopy.CloneOrCopy(source!, target!, out var copied, TestContext.Current.CancellationToken));
            Assert.Equal(70_000, copied);
        }
    }

    [Fact]
    public void A_full_disk_is_said()
    {
        using var mount = TempMount.Tmpfs("1m");
        Assert.Equal(Errno.None, LocalTree.Open(mount.Path, out var small));
        using (small)
        {
            Assert.Equal(Errno.None, small!.StatFileSystem(out var stat));
            Assert.Equal(1 << 20, stat.Size);
            _temp.Write("source", new byte[2 << 20]);
            Assert.Equal(Errno.None, _tree.Open(Source, out var source));
            Assert.Equal(Errno.None, small.Create(Copy, out var target));
            using (source)
            using (target)
            {
                Assert.Equal(Errno.ENOSPC, FileCopy.CloneOrCopy(source!, target!, out _, TestContext.Current.CancellationToken));
                Assert.Equal(Errno.ENOSPC, target!.Preallocate(2 << 20));
                Assert.Equal(Errno.ENOSPC, target.Write(new byte[2 << 20], 0));
            }
            Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
        }
    }

    private static void CopyWhole(IFileTarget from, IFileTarget to)
    {
        Assert.Equal(Errno.None, from.Open(Source, out var source));
        Assert.Equal(Errno.None, to.Create(Copy, out var target));
        using (source)
        using (target)
        {
            Assert.Equal(Errno.None, FileCopy.CloneOrCopy(source!, target!, out var copied, TestContext.Current.CancellationToken));
            Assert.Equal(source!.Stat.Size, copied);
            Assert.Equal(Errno.None, target!.Commit());
        }
    }
}
