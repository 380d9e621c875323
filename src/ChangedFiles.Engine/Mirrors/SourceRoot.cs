using System.Globalization;
using System.Text;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Mirrors;

/// <summary>The directory that is mirrored: pinned by a handle, and compared with what its path leads to before each batch.</summary>
public sealed class SourceRoot : IDisposable
{
    private readonly byte[] _path;
    private readonly FileStat _stat;

    private SourceRoot(byte[] path, SafeFileHandle handle, FileStat stat, LocalTree tree)
    {
        (_path, Handle, _stat, Tree) = (path, handle, stat, tree);
        Path = TreePath.Printable(path);
    }

    /// <summary>As the user wrote it.</summary>
    public string Path { get; }

    /// <summary>The directory itself.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Its contents.</summary>
    public LocalTree Tree { get; }

    /// <summary>Opens the directory at a path of this machine.</summary>
    /// <exception cref="SourceLostException">It is not there, no directory, or may not be read.</exception>
    public static SourceRoot Open(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var errno = Directories.OpenRoot(bytes, out var handle);
        if (errno != Errno.None)
            throw new SourceLostException($"cannot open the source directory {path}: {errno.Describe()}");
        // Through the handle: it must be the same directory, whatever happens to the path meanwhile.
        errno = LocalTree.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle!.DangerousGetHandle()}"), out var tree);
        if (errno == Errno.None)
            errno = tree!.List(TreePath.Root, new List<byte[]>());
        if (errno != Errno.None)
            throw new SourceLostException($"cannot read the source directory {path}: {errno.Describe()}");
        LinuxException.ThrowIf(Inodes.Stat(handle, out var stat), "stat", path);
        return new SourceRoot(bytes, handle, stat, tree!);
    }

    /// <summary>Throws unless the path still leads to the same directory.</summary>
    /// <exception cref="SourceLostException">It is gone, moved, unmounted or replaced.</exception>
    public void Check()
    {
        var errno = Directories.OpenRoot(_path, out var now);
        if (errno != Errno.None)
            throw new SourceLostException($"the source directory {Path} is gone ({errno.Describe()}); the mirror keeps what it has");
        using (now)
        {
            LinuxException.ThrowIf(Inodes.Stat(now!, out var stat), "stat", Path);
            if ((stat.Device, stat.Inode) != (_stat.Device, _stat.Inode))
                throw new SourceLostException($"the source directory {Path} is another one than before (replaced, mounted over or unmounted); the mirror keeps what it has");
        }
    }

    public void Dispose()
    {
        Tree.Dispose();
        Handle.Dispose();
    }
}
