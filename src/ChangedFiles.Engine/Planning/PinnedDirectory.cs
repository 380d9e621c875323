using System.Globalization;
using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Planning;

/// <summary>A directory held by a handle, that can tell whether its path still leads to it.</summary>
public sealed class PinnedDirectory : IDisposable
{
    private readonly byte[] _path;
    private readonly FileStat _stat;

    private PinnedDirectory(byte[] path, SafeFileHandle handle, FileStat stat, LocalTree tree) =>
        (_path, Handle, _stat, Tree) = (path, handle, stat, tree);

    /// <summary>The directory itself.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Its contents.</summary>
    public LocalTree Tree { get; }

    /// <summary>Opens the directory at a path of this machine.</summary>
    public static Errno Open(string path, out PinnedDirectory? directory)
    {
        directory = null;
        var bytes = Encoding.UTF8.GetBytes(path);
        var errno = Directories.OpenRoot(bytes, out var handle);
        if (errno != Errno.None)
            return errno;
        LocalTree? tree = null;
        errno = Inodes.Stat(handle!, out var stat);
        // Through the handle: it must be the same directory, whatever happens to the path meanwhile. Looking at a file is no use of it.
        if (errno == Errno.None)
            errno = LocalTree.Open(
                string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle!.DangerousGetHandle()}"), out tree, new LocalTreeOptions { KeepAccessTimes = true });
        if (errno == Errno.None)
            directory = new PinnedDirectory(bytes, handle!, stat, tree!);
        else
            handle!.Dispose();
        return errno;
    }

    /// <summary>Null while the path leads to the same directory; else what is wrong.</summary>
    public string? Verify()
    {
        var errno = Directories.OpenRoot(_path, out var now);
        if (errno != Errno.None)
            return $"the directory is gone ({errno.Describe()})";
        using (now)
        {
            return Inodes.Stat(now!, out var stat) == Errno.None && (stat.Device, stat.Inode) == (_stat.Device, _stat.Inode)
                ? null
                : "the directory is another one than before (replaced, mounted over or unmounted)";
        }
    }

    public void Dispose()
    {
        Tree.Dispose();
        Handle.Dispose();
    }
}
