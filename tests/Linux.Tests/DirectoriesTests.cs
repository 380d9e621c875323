using System.Text;
using ChangedFiles.TestKit;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ChangedFiles.Linux.Tests;

/// <summary>What changes process-wide switches runs by itself.</summary>
[CollectionDefinition(nameof(OldKernel), DisableParallelization = true)]
public sealed class OldKernel;

[Collection(nameof(OldKernel))]
public sealed class DirectoriesTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly SafeFileHandle _root;

    public DirectoriesTests()
    {
        Assert.Equal(Errno.None, Directories.OpenRoot(Encoding.UTF8.GetBytes(_temp.Path), out var root));
        _root = root!;
    }

    public void Dispose()
    {
        _root.Dispose();
        _temp.Dispose();
        Resolution.HasOpenAt2 = Xattrs.HasXattrAt = Inodes.HasFchmodAt2 = true;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_is_only_found_beneath_and_without_links(bool openAt2)
    {
        Assert.SkipUnless(Resolution.HasOpenAt2, "needs openat2");
        Resolution.HasOpenAt2 = openAt2;
        _temp.Write("a/b/c/f", "x");
        _temp.Symlink("a/link", "b");
        _temp.Symlink("a/out", "/etc");
        foreach (var readable in new[] { true, false })
        {
            Assert.Equal(Errno.None, Open("a/b/c", readable));
            Assert.Equal(Errno.None, Open("a", readable));
            Assert.Equal(Errno.None, Open(".", readable));
            Assert.Equal(Errno.ELOOP, Open("a/link", readable));
            Assert.Equal(Errno.ELOOP, Open("a/link/c", readable));
            Assert.Equal(Errno.ELOOP, Open("a/out", readable));
            Assert.Equal(Errno.ENOTDIR, Open("a/b/c/f", readable));
            Assert.Equal(Errno.ENOTDIR, Open("a/b/c/f/g", readable));
            Assert.Equal(Errno.ENOENT, Open("a/x/c", readable));
        }
    }

    [Fact]
    public void Links_that_stay_beneath_can_be_followed()
    {
        Assert.SkipUnless(Resolution.HasOpenAt2, "needs openat2");
        _temp.Mkdir("a/b");
        _temp.Symlink("a/in", "../a/b");
        _temp.Symlink("a/out", "../..");
        _temp.Symlink("a/absolute", _temp.Path);
        Assert.Equal(Errno.None, Open("a/in", links: LinkPolicy.FollowBeneath));
        Assert.Equal(Errno.EXDEV, Open("a/out", links: LinkPolicy.FollowBeneath));
        Assert.Equal(Errno.EXDEV, Open("a/absolute", links: LinkPolicy.FollowBeneath));
        Assert.Equal(Errno.None, Open("a/out", links: LinkPolicy.Follow));
        Assert.Equal(Errno.None, Open("a/absolute", links: LinkPolicy.Follow));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Extended_attributes_work_on_kernels_old_and_new(bool xattrAt)
    {
        Assert.SkipUnless(Xattrs.HasXattrAt || !xattrAt, "needs Linux 6.13");
        Xattrs.HasXattrAt = xattrAt;
        _temp.Write("f", "x");
        _temp.Symlink("link", "f");
        var buffer = new byte[100];
        var set = Xattrs.Set(_root, "f"u8, "user.a"u8, "value"u8);
        Assert.SkipWhen(set == Errno.EOPNOTSUPP, "the file system has no user attributes");
        Assert.Equal(Errno.None, set);
        Assert.Equal(Errno.None, Xattrs.Get(_root, "f"u8, "user.a"u8, buffer, out var length));
        Assert.Equal("value"u8, buffer.AsSpan(0, length));
        Assert.Equal(Errno.ERANGE, Xattrs.Get(_root, "f"u8, "user.a"u8, buffer.AsSpan(0, 2), out _));
        Assert.Equal(Errno.None, Xattrs.List(_root, "f"u8, buffer, out length));
        Assert.Contains("user.a\0", Encoding.UTF8.GetString(buffer.AsSpan(0, length)));
        Assert.Equal(Errno.EPERM, Xattrs.Set(_root, "link"u8, "user.a"u8, "x"u8));
        Assert.Equal(Errno.None, Xattrs.Remove(_root, "f"u8, "user.a"u8));
        Assert.Equal(Errno.ENODATA, Xattrs.Remove(_root, "f"u8, "user.a"u8));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Modes_are_set_on_kernels_old_and_new_and_never_through_a_link(bool fchmodAt2)
    {
        Inodes.HasFchmodAt2 = fchmodAt2;
        _temp.Write("f", "x");
        _temp.Symlink("link", "f");
        Assert.Equal(Errno.None, Inodes.SetMode(_root, "f"u8, 0x1C9));
        Assert.Equal(Errno.EOPNOTSUPP, Inodes.SetMode(_root, "link"u8, 0x1FF));
        Assert.Equal(Errno.None, Inodes.Stat(_root, "f"u8, out var stat));
        Assert.Equal(0x1C9u, stat.Permissions);
    }

    [Fact]
    public void Names_are_bytes_up_to_255_without_NUL()
    {
        var name = Enumerable.Repeat((byte)0xFF, 255).ToArray();
        Assert.Equal(Errno.None, Directories.Make(_root, name, 0x1C0));
        Assert.Equal(Errno.None, Directories.Remove(_root, name));
        Assert.Equal(Errno.ENAMETOOLONG, Directories.Make(_root, [.. name, .. name], 0x1C0));
        Assert.Throws<ArgumentException>(() => Directories.Make(_root, "a\0b"u8, 0x1C0));
    }

    [Fact]
    public void The_file_system_tells_its_size()
    {
        Assert.Equal(Errno.None, FileSystems.Stat(_root, out var stat));
        var drive = new DriveInfo(_temp.Path);
        Assert.Equal(drive.TotalSize, stat.Size);
        Assert.InRange(stat.Available, 1, stat.Size);
        Assert.False(stat.IsReadOnly);
    }

    private Errno Open(string path, bool readable = false, LinkPolicy links = LinkPolicy.Refuse)
    {
        var error = Directories.OpenBeneath(_root, Encoding.UTF8.GetBytes(path), links, readable, out var handle);
        Assert.Equal(error == Errno.None, handle is not null);
        if (readable && handle is not null)
            Assert.Equal(Errno.None, Directories.Read(handle, new byte[4096], out _));
        handle?.Dispose();
        return error;
    }
}
