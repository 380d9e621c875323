using System.Diagnostics.CodeAnalysis;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// From the handle of a directory, as events carry it, to its path in the tree. What is looked up is where the directory is now, and what
/// moves later is told by an event still to come, which forgets it here: so a path is never older than the events read so far. Moves are
/// never applied to what is known, only looked up again, because waiting renames merge into ones that did not happen in that order.
/// </summary>
internal sealed class DirectoryHandles : IDisposable
{
    /// <summary>How many directories are remembered, about 200 bytes each; then it starts anew.</summary>
    private const int MaxKnown = 1 << 16;

    private const int MaxDepth = TreePath.MaxLength / 2 + 1;

    private readonly Dictionary<FileHandle, KnownDirectory> _known = [];
    private readonly Func<TreePath, bool> _excludes;
    private readonly IEventSink _sink;
    private readonly SafeFileHandle _mount;
    private readonly int _mountId;
    private readonly Stack<(FileHandle Directory, byte[] Name)> _way = [];
    private readonly byte[] _path = new byte[TreePath.MaxLength + 1];
    private KnownDirectory _root = new(null, TreePath.Root, isWatched: true);
    private KnownDirectory _elsewhere = new(null, TreePath.Root, isWatched: false);
    private readonly KnownDirectory _removed = new(null, TreePath.Root, isWatched: false) { IsRemoved = true };

    /// <exception cref="LinuxException">The file system has no handles, or this process may not open by them.</exception>
    public DirectoryHandles(SafeFileHandle root, Func<TreePath, bool> excludes, IEventSink sink)
    {
        _excludes = excludes;
        _sink = sink;
        LinuxException.ThrowIf(Directories.Open(root, "."u8, readable: true, out var mount), "open", "the root of the watched tree");
        _mount = mount!;
        LinuxException.ThrowIf(FileHandle.Of(_mount, out var handle, out _mountId), "name_to_handle_at");
        RootHandle = handle;
    }

    public FileHandle RootHandle { get; }

    /// <summary>A readable handle of the root, through whose mount handles are opened.</summary>
    public SafeFileHandle Mount => _mount;

    /// <summary>The place of a directory.</summary>
    public KnownDirectory Find(in FileHandle handle) => TryGet(handle, out var known) ? known : LookUp(handle);

    /// <summary>A directory was made in a known one: no need to look it up.</summary>
    public void Add(in FileHandle handle, KnownDirectory parent, ReadOnlySpan<byte> name)
    {
        Forget(handle);
        if (_known.Count < MaxKnown)
            _known[handle] = Below(parent, name);
    }

    /// <summary>A directory was moved or removed: it and all below must be looked up again.</summary>
    public void Forget(in FileHandle handle)
    {
        if (_known.Remove(handle, out var known) && known != _elsewhere && known != _removed)
            known.MakeStale();
    }

    /// <summary>A directory came in from outside, with all below it: nothing that was outside is known to be there any more.</summary>
    public void ForgetElsewhere()
    {
        _elsewhere.MakeStale();
        _elsewhere = new KnownDirectory(null, TreePath.Root, isWatched: false);
    }

    public void Clear()
    {
        _root.MakeStale();
        _root = new KnownDirectory(null, TreePath.Root, isWatched: true);
        _known.Clear();
    }

    public void Dispose() => _mount.Dispose();

    private bool TryGet(in FileHandle handle, [NotNullWhen(true)] out KnownDirectory? known)
    {
        known = _root;
        return handle == RootHandle || (_known.TryGetValue(handle, out known) && !known.IsStale);
    }

    /// <summary>Climbs until something is known, then gives everything on the way its place. All above a known directory is known too.</summary>
    private KnownDirectory LookUp(FileHandle handle)
    {
        if (_known.Count >= MaxKnown)
            Clear();
        _way.Clear();
        KnownDirectory? place;
        while (!TryGet(handle, out place))
        {
            // What lies deeper than a path can tell is elsewhere, wherever it is.
            var isRemoved = false;
            if (_way.Count == MaxDepth || !TryClimb(handle, out var name, out var above, out isRemoved))
            {
                place = _known[handle] = isRemoved ? _removed : _elsewhere;
                break;
            }
            _way.Push((handle, name));
            handle = above;
        }
        while (_way.TryPop(out var step))
            place = _known[step.Directory] = Below(place, step.Name);
        return place;
    }

    /// <summary>The name of a directory and the one it is in; false when it was removed or cannot be below the root.</summary>
    private bool TryClimb(in FileHandle handle, out byte[] name, out FileHandle above, out bool isRemoved)
    {
        (name, above) = ([], default);
        var error = handle.Open(_mount, directory: true, out var directory);
        isRemoved = error == Errno.ESTALE;
        if (isRemoved)
            return false;
        LinuxException.ThrowIf(error, "open_by_handle_at");
        using (directory)
        {
            // A removed one that somebody still holds open has no name any more. (Live directories of btrfs count one link.)
            isRemoved = Inodes.Stat(directory!, out var stat) != Errno.None || stat.LinkCount == 0;
            if (isRemoved)
                return false;
            // Another mount above, or nothing that this mount can reach. At the very top ".." is the directory itself.
            if (FileHandle.Of(directory!, ".."u8, out above, out var mountId) != Errno.None || mountId != _mountId || above == handle)
                return false;
            error = DescriptorPath.Read(directory!, _path, out var length);
            if (error == Errno.None)
                name = _path[(_path.AsSpan(0, length).LastIndexOf((byte)'/') + 1)..length];
            else
                _sink.Unwatched(TreePath.Root, error);
            return error == Errno.None;
        }
    }

    private KnownDirectory Below(KnownDirectory parent, ReadOnlySpan<byte> name)
    {
        if (parent == _elsewhere || parent == _removed)
            return parent;
        var path = parent.Path.Child(name);
        if (path.Bytes.Length <= TreePath.MaxLength)
            return new KnownDirectory(parent, path, parent.IsWatched && !_excludes(path));
        _sink.Unwatched(parent.Path, Errno.ENAMETOOLONG);
        return new KnownDirectory(parent, parent.Path, isWatched: false);
    }
}
