using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class TreeRemovalTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly LocalTree _tree;

    public TreeRemovalTests()
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp.Path, out var tree));
        _tree = tree!;
    }

    public void Dispose()
    {
        _tree.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_removed()
    {
        MakeDeep(levels: 1500, name: "deep"u8.ToArray());
        var directories = 0;
        Assert.Equal(Errno.None, _tree.RemoveTree(TreePath.Parse("deep"), (_, error) =>
        {
            Assert.Equal(Errno.None, error);
            directories++;
        }));
        Assert.Equal(2 * 1500, directories);
        Assert.Empty(Directory.GetFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void A_directory_with_many_entries_is_removed()
    {
        for (var i = 0; i < 3000; i++)
            _temp.Write($"wide/{i}", "");
        for (var i = 0; i < 1500; i++)
            _temp.Mkdir($"wide/{i}.d/e");
        Assert.Equal(Errno.None, _tree.RemoveTree(TreePath.Parse("wide")));
        Assert.Empty(Directory.GetFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void What_cannot_be_removed_is_told_and_the_rest_goes()
    {
        Privileges.NeedsMount();
        // Deep enough that the directories with a failure below them are closed and read again.
        var deep = string.Join('/', Enumerable.Repeat("d", 100));
        _temp.Write("d/f", "");
        _temp.Write($"{deep}/f", "");
        var mounted = _temp.Mkdir($"{deep}/mounted");
        Command.Check("mount", "-t", "tmpfs", "none", mounted);
        try
        {
            var failed = new List<(string Path, Errno Error)>();
            var error = _tree.RemoveTree(TreePath.Parse("d"), (path, error) =>
            {
                if (error != Errno.None)
                    failed.Add((path.ToString(), error));
            });
            Assert.Equal(Errno.EBUSY, error);
            Assert.Equal(($"{deep}/mounted", Errno.EBUSY), failed[0]);
            Assert.Equal(Enumerable.Range(1, 100).Reverse().Select(n => (string.Join('/', Enumerable.Repeat("d", n)), Errno.ENOTEMPTY)), failed[1..]);
            Assert.Equal(["d"], Directory.GetFileSystemEntries(_temp["d"]).Select(Path.GetFileName));
        }
        finally
        {
            Command.Check("umount", mounted);
        }
    }

    [Fact]
    public void Directories_without_write_permission_do_not_keep_their_owner_from_removing_them()
    {
        _temp.Write("d/e/f", "");
        File.SetUnixFileMode(_temp["d/e"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_temp["d"], UnixFileMode.None);
        Assert.Equal(Errno.None, _tree.RemoveTree(TreePath.Parse("d")));
        Assert.False(Directory.Exists(_temp["d"]));
    }

    private void MakeDeep(int levels, byte[] name)
    {
        Assert.Equal(Errno.None, Directories.OpenRoot(Encoding.UTF8.GetBytes(_temp.Path), out SafeFileHandle? here));
        for (var i = 0; i < levels; i++)
        {
            Assert.Equal(Errno.None, Directories.Make(here!, name, 0x1C0));
            Assert.Equal(Errno.None, Directories.Open(here!, name, readable: false, out var next));
            Assert.Equal(Errno.None, FileData.Create(next!, "file"u8, 0x180, out var file));
            file!.Dispose();
            here!.Dispose();
            here = next;
        }
        here!.Dispose();
    }
}
