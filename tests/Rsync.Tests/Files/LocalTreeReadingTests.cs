using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class LocalTreeReadingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("changedfiles-test-").FullName;
    private readonly LocalTree _tree;

    public LocalTreeReadingTests()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_directory, out var tree));
        _tree = tree!;
    }

    public void Dispose()
    {
        _tree.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Stat_tells_size_kind_and_time()
    {
        File.WriteAllText($"{_directory}/f", "hello");
        File.SetLastWriteTimeUtc($"{_directory}/f", DateTime.UnixEpoch.AddSeconds(-5).AddTicks(3));
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse("f"), out var stat));
        Assert.Equal(FileKind.Regular, stat.Kind);
        Assert.Equal(5, stat.Size);
        Assert.Equal(new FileTime(-5, 300), stat.Mtime);
        Assert.Equal(1u, stat.LinkCount);
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Root, out var root));
        Assert.True(root.IsDirectory);
        Assert.Equal(root.Device, stat.Device);
        Assert.Equal(Errno.ENOENT, _tree.Stat(TreePath.Parse("missing"), out _));
        Assert.Equal(Errno.ENOTDIR, _tree.Stat(TreePath.Parse("f/below"), out _));
    }

    [Fact]
    public void Lists_every_name_with_its_kind()
    {
        Directory.CreateDirectory($"{_directory}/d/sub");
        for (var i = 0; i < 2000; i++)
            File.WriteAllText($"{_directory}/d/{i}", "");
        File.CreateSymbolicLink($"{_directory}/d/link", "0");
        var entries = new List<DirectoryEntry>();
        Assert.Equal(Errno.None, _tree.List(TreePath.Parse("d"), entries));
        Assert.Equal(2002, entries.Count);
        Assert.Equal(FileKind.Directory, entries.Single(e => e.Name.AsSpan().SequenceEqual("sub"u8)).Kind);
        Assert.Equal(FileKind.Symlink, entries.Single(e => e.Name.AsSpan().SequenceEqual("link"u8)).Kind);
        var names = new List<byte[]>();
        Assert.Equal(Errno.None, _tree.List(TreePath.Root, names));
        Assert.Equal("d"u8, Assert.Single(names));
        Assert.Equal(Errno.ELOOP, _tree.List(TreePath.Parse("d/link"), names));
    }

    [Fact]
    public void Reads_a_file_and_a_link_but_never_through_one()
    {
        File.WriteAllText($"{_directory}/f", "hello");
        File.CreateSymbolicLink($"{_directory}/link", "f");
        File.CreateSymbolicLink($"{_directory}/up", "/etc");
        Assert.Equal(Errno.None, _tree.Open(TreePath.Parse("f"), out var file));
        using (file)
        {
            var buffer = new byte[10];
            Assert.Equal(Errno.None, file!.Read(buffer, 1, out var read));
            Assert.Equal("ello"u8, buffer.AsSpan(0, read));
        }
        Assert.Equal(Errno.None, _tree.ReadLink(TreePath.Parse("link"), out var target));
        Assert.Equal("f"u8, target);
        Assert.Equal(Errno.ELOOP, _tree.Open(TreePath.Parse("link"), out _));
        Assert.Equal(Errno.EISDIR, _tree.Open(TreePath.Root, out _));
        Assert.Equal(Errno.ELOOP, _tree.Stat(TreePath.Parse("up/passwd"), out _));
        Assert.Equal(Errno.ELOOP, _tree.Open(TreePath.Parse("up/passwd"), out _));
    }

    [Fact]
    public void Sees_a_directory_that_was_removed_and_made_again()
    {
        File.WriteAllText(Directory.CreateDirectory($"{_directory}/d").FullName + "/old", "");
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse("d/old"), out _));
        Directory.Delete($"{_directory}/d", recursive: true);
        File.WriteAllText(Directory.CreateDirectory($"{_directory}/d").FullName + "/new", "");
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse("d/new"), out _));
        Assert.Equal(Errno.ENOENT, _tree.Stat(TreePath.Parse("d/old"), out _));
    }

    [Fact]
    public void Sees_a_directory_that_was_moved_after_Forget()
    {
        File.WriteAllText(Directory.CreateDirectory($"{_directory}/d").FullName + "/f", "");
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse("d/f"), out _));
        Directory.Move($"{_directory}/d", $"{_directory}/e");
        _tree.Forget();
        Assert.Equal(Errno.ENOENT, _tree.Stat(TreePath.Parse("d/f"), out _));
        Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse("e/f"), out _));
    }

    [Fact]
    public void More_directories_than_the_cache_holds_are_all_reached()
    {
        for (var i = 0; i < 100; i++)
            File.WriteAllText(Directory.CreateDirectory($"{_directory}/{i}").FullName + "/f", "");
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
                Assert.Equal(Errno.None, _tree.Stat(TreePath.Parse($"{i}/f"), out _));
        }
    }
}
