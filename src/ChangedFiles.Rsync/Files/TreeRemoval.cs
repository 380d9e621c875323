using System.Buffers;
using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// Removes a tree of any depth and width, by handles and single names: links are removed, never followed. Memory holds one
/// buffer and, for each level, the subdirectories of one buffer; of the levels only the deepest <see cref="MaxOpen"/> have an
/// open handle. One above is opened again through "..", and only taken if it is the same inode as on the way down.
/// </summary>
internal sealed class TreeRemoval(Action<TreePath, Errno>? report)
{
    private const int MaxOpen = 32;
    private const int BufferSize = 32 << 10;

    // From the top down; those from _firstOpen on have a handle.
    private readonly List<Level> _levels = [];
    private int _firstOpen;
    private Errno _first;

    /// <summary>Removes what is called <paramref name="name"/> in <paramref name="parent"/>. Returns the first error.</summary>
    public Errno Remove(SafeFileHandle parent, ReadOnlySpan<byte> name, TreePath path)
    {
        if (Unlinked(parent, name, path, out var isDirectory) || !isDirectory)
            return _first;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            Descend(parent, name.ToArray(), path);
            while (_levels.Count > 0)
                Step(parent, buffer);
        }
        finally
        {
            foreach (var level in _levels)
                level.Handle?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return _first;
    }

    private void Step(SafeFileHandle parent, byte[] buffer)
    {
        var level = _levels[^1];
        if (level.Pending.TryDequeue(out var name))
        {
            if (!Descend(level.Handle!, name, PathBelow(level.Path, name)))
                level.Kept.Add(name);
        }
        else if (!level.AtEnd)
            ReadAndUnlink(level, buffer);
        else
            Ascend(parent, level);
    }

    private void ReadAndUnlink(Level level, byte[] buffer)
    {
        var error = Directories.Read(level.Handle!, buffer, out var length);
        level.AtEnd = length == 0;
        if (error != Errno.None)
            Report(level.Path, error);
        foreach (var entry in new DirectoryEntries(buffer.AsSpan(0, length)))
        {
            if (level.Kept.Count > 0 && level.Kept.Contains(entry.Name.ToArray()))
                continue;
            var isDirectory = entry.Kind == FileKind.Directory;
            if (!isDirectory && Unlinked(level.Handle!, entry.Name, PathBelow(level.Path, entry.Name), out isDirectory))
                continue;
            if (isDirectory)
                level.Pending.Enqueue(entry.Name.ToArray());
            else
                level.Kept.Add(entry.Name.ToArray());
        }
    }

    private bool Unlinked(SafeFileHandle directory, ReadOnlySpan<byte> name, TreePath path, out bool isDirectory)
    {
        var error = Names.Unlink(directory, name);
        isDirectory = error == Errno.EISDIR;
        if (!isDirectory && error != Errno.ENOENT)
            Report(path, error);
        return error is Errno.None or Errno.ENOENT;
    }

    private bool Descend(SafeFileHandle parent, byte[] name, TreePath path)
    {
        var error = OpenWritable(parent, name, out var handle, out var stat);
        if (error != Errno.None)
        {
            Report(path, error);
            return false;
        }
        _levels.Add(new Level(name, path, stat) { Handle = handle });
        if (_levels.Count - _firstOpen > MaxOpen)
            _levels[_firstOpen++].Close();
        return true;
    }

    private void Ascend(SafeFileHandle parent, Level level)
    {
        _levels.RemoveAt(_levels.Count - 1);
        using var handle = level.Handle;
        var above = _levels.Count > 0 ? _levels[^1] : null;
        if (above is { Handle: null } && !Reopen(above, level.Handle!))
        {
            Report(above.Path, Errno.ESTALE);
            _levels.Clear();
            return;
        }
        var error = Directories.Remove(above?.Handle ?? parent, level.Name);
        if (error != Errno.ENOENT)
            Report(level.Path, error);
        if (error != Errno.None)
            above?.Kept.Add(level.Name);
    }

    private bool Reopen(Level above, SafeFileHandle child)
    {
        if (Directories.Open(child, ".."u8, readable: true, out var handle) != Errno.None)
            return false;
        if (Inodes.Stat(handle!, out var stat) != Errno.None || stat.Inode != above.Inode || stat.Device != above.Device)
        {
            handle!.Dispose();
            return false;
        }
        above.Handle = handle;
        above.AtEnd = false;
        _firstOpen--;
        return true;
    }

    // As rsync does for its own user: a directory of ours that lacks rwx for us gets it, it is going anyway.
    private static Errno OpenWritable(SafeFileHandle parent, ReadOnlySpan<byte> name, out SafeFileHandle? handle, out FileStat stat)
    {
        stat = default;
        var error = Directories.Open(parent, name, readable: true, out handle);
        if (error == Errno.EACCES && Inodes.SetMode(parent, name, FileStat.OwnerAll) == Errno.None)
            error = Directories.Open(parent, name, readable: true, out handle);
        if (error != Errno.None)
            return error;
        error = Inodes.Stat(handle!, out stat);
        if ((stat.Mode & FileStat.OwnerAll) != FileStat.OwnerAll && !Environment.IsPrivilegedProcess)
            Inodes.SetMode(handle!, stat.Permissions | FileStat.OwnerAll);
        return error;
    }

    private void Report(TreePath path, Errno error)
    {
        if (_first == Errno.None)
            _first = error;
        report?.Invoke(path, error);
    }

    // Nobody asks for paths without a report; one that is too long to be a path is told as the directory it is in.
    private TreePath PathBelow(TreePath path, ReadOnlySpan<byte> name) =>
        report is null || path.Bytes.Length + 1 + name.Length > TreePath.MaxLength ? path : path.Child(name);

    private sealed class Level(byte[] name, TreePath path, in FileStat stat)
    {
        public byte[] Name => name;
        public TreePath Path => path;
        public ulong Inode { get; } = stat.Inode;
        public ulong Device { get; } = stat.Device;
        public SafeFileHandle? Handle { get; set; }
        public bool AtEnd { get; set; }

        /// <summary>Subdirectories that were read and are still to be removed.</summary>
        public Queue<byte[]> Pending { get; } = new();

        /// <summary>Names that could not be removed, not to be tried again when the directory is read again.</summary>
        public HashSet<byte[]> Kept { get; } = new(NameComparer.Instance);

        public void Close()
        {
            Handle?.Dispose();
            Handle = null;
        }
    }
}
