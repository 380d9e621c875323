using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Mirrors;

/// <summary>The directory that is mirrored, compared with what its path leads to before each batch.</summary>
public sealed class SourceRoot : IDisposable
{
    private readonly PinnedDirectory _directory;

    private SourceRoot(string path, PinnedDirectory directory) => (Path, _directory) = (path, directory);

    /// <summary>As the user wrote it.</summary>
    public string Path { get; }

    /// <summary>Where the directory is now, without any symbolic link: what tells one mirror's source from another's.</summary>
    public string RealPath => Tree.Location;

    /// <summary>The directory itself.</summary>
    public SafeFileHandle Handle => _directory.Handle;

    /// <summary>Its contents.</summary>
    public LocalTree Tree => _directory.Tree;

    /// <summary>Opens the directory at a path of this machine.</summary>
    /// <exception cref="SourceLostException">It is not there, no directory, or may not be read.</exception>
    public static SourceRoot Open(string path)
    {
        var errno = PinnedDirectory.Open(path, out var directory);
        if (errno != Errno.None)
            throw new SourceLostException($"cannot open the source directory {path}: {errno.Describe()}");
        errno = directory!.Tree.List(TreePath.Root, new List<byte[]>());
        if (errno == Errno.None)
            return new SourceRoot(path, directory);
        directory.Dispose();
        throw new SourceLostException($"cannot read the source directory {path}: {errno.Describe()}");
    }

    /// <summary>Throws unless the path still leads to the same directory.</summary>
    /// <exception cref="SourceLostException">It is gone, moved, unmounted or replaced.</exception>
    public void Check()
    {
        if (_directory.Verify() is { } reason)
            throw new SourceLostException($"{Path}: {reason}; the mirror keeps what it has");
    }

    public void Dispose() => _directory.Dispose();
}
