using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// Handles of the directories below one root that were used last, so that a run of names in one directory costs one resolution.
/// A handle stays on its directory when that is moved, so it is trusted only for a while: it is dropped when this tree
/// moves or removes the directory, when a name is missing in it because it was removed, when the caller says
/// <see cref="Forget()"/>, and after <see cref="MaxAge"/>. Safe for several threads; a handle in use outlives being dropped.
/// </summary>
internal sealed class DirectoryCache(SafeFileHandle root, LinkPolicy links) : IDisposable
{
    private const int Capacity = 32;

    /// <summary>Milliseconds after which a handle is resolved again.</summary>
    private const long MaxAge = 1000;

    private readonly Lock _lock = new();

    // The most recently used is last.
    private readonly List<Entry> _entries = new(Capacity);

    /// <summary>The directory at <paramref name="path"/> (empty: the root) to take names in.</summary>
    public Errno Open(ReadOnlySpan<byte> path, out Lease lease)
    {
        if (path.IsEmpty)
        {
            lease = new Lease(this, null, root, fresh: true);
            return Errno.None;
        }
        lock (_lock)
        {
            if (Find(path) is { } entry)
            {
                entry.Users++;
                lease = new Lease(this, entry, entry.Handle, fresh: false);
                return Errno.None;
            }
        }
        var error = Directories.OpenBeneath(root, path, links, readable: false, out var handle);
        lease = error == Errno.None ? Add(path, handle!) : default;
        return error;
    }

    /// <summary>Opens a directory anew to read its names. The result is not yet in the cache: see <see cref="Add"/>.</summary>
    public Errno OpenReadable(ReadOnlySpan<byte> path, out SafeFileHandle? handle) =>
        Directories.OpenBeneath(root, path.IsEmpty ? "."u8 : path, links, readable: true, out handle);

    /// <summary>Puts a fresh handle in; the cache owns it from now on.</summary>
    public Lease Add(ReadOnlySpan<byte> path, SafeFileHandle handle)
    {
        var entry = new Entry(path.ToArray(), handle, Environment.TickCount64) { Users = 1 };
        lock (_lock)
        {
            if (Find(path) is { } older)
                Drop(older);
            else if (_entries.Count == Capacity)
                Drop(_entries[0]);
            _entries.Add(entry);
        }
        return new Lease(this, entry, handle, fresh: true);
    }

    /// <summary>Drops the directory at <paramref name="path"/> and everything below it.</summary>
    public void Forget(TreePath path)
    {
        lock (_lock)
        {
            for (var i = _entries.Count - 1; i >= 0; i--)
            {
                if (IsAtOrBelow(_entries[i].Path, path.Bytes))
                    Drop(_entries[i]);
            }
        }
    }

    /// <summary>Drops everything.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            while (_entries.Count > 0)
                Drop(_entries[^1]);
        }
    }

    public void Dispose() => Forget();

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == '/');

    private Entry? Find(ReadOnlySpan<byte> path)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var entry = _entries[i];
            if (!path.SequenceEqual(entry.Path))
                continue;
            if (Environment.TickCount64 - entry.OpenedAt > MaxAge)
            {
                Drop(entry);
                return null;
            }
            if (i != _entries.Count - 1)
            {
                _entries.RemoveAt(i);
                _entries.Add(entry);
            }
            return entry;
        }
        return null;
    }

    private void Drop(Entry entry)
    {
        _entries.Remove(entry);
        entry.Dropped = true;
        if (entry.Users == 0)
            entry.Handle.Dispose();
    }

    private void Release(Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users == 0 && entry.Dropped)
                entry.Handle.Dispose();
        }
    }

    private bool DropIfRemoved(Entry entry)
    {
        if (Inodes.Stat(entry.Handle, out var stat) == Errno.None && stat.LinkCount > 0)
            return false;
        lock (_lock)
        {
            if (!entry.Dropped)
                Drop(entry);
        }
        return true;
    }

    /// <summary>A directory handle in use; the handle is the cache's and good until the lease is disposed, which is done once.</summary>
    public readonly struct Lease(DirectoryCache cache, Entry? entry, SafeFileHandle handle, bool fresh) : IDisposable
    {
        public SafeFileHandle Handle => handle;

        /// <summary>
        /// After a call in it failed: true when that was because the handle is of a directory that has been removed, so that
        /// what is there now has to be asked. A handle that was just resolved is not suspected, so asking again ends.
        /// </summary>
        public bool WasRemoved(Errno error) =>
            !fresh && error is Errno.ENOENT or Errno.ESTALE && cache.DropIfRemoved(entry!);

        public void Dispose()
        {
            if (entry is not null)
                cache.Release(entry);
        }
    }

    internal sealed class Entry(byte[] path, SafeFileHandle handle, long openedAt)
    {
        public byte[] Path => path;
        public SafeFileHandle Handle => handle;
        public long OpenedAt => openedAt;
        public int Users { get; set; }
        public bool Dropped { get; set; }
    }
}
