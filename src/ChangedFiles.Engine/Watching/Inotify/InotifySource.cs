using System.Diagnostics;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// One inotify watch for each directory. Needs no privileges and works on every file system, costs about 1.4 KiB of the kernel a
/// directory. Knows no process ids. Blind for writes through a descriptor whose name was removed while another link stays, for stores
/// through mmap until the last close, and for what other machines do on a network file system.
/// </summary>
internal sealed class InotifySource : QueueSource
{
    /// <summary>How far the two events of a rename may be apart: a few turns of others on a busy processor.</summary>
    private static readonly TimeSpan LongestRename = TimeSpan.FromMilliseconds(20);

    private readonly Inotify _inotify;
    private readonly WatchTree _tree = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly List<Departure> _departures = [];
    private RepeatedPath _paths;
    private InotifyWatcher _watcher = null!;
    private readonly NewLinks _newLinks;
    private int _aboveRoot = -1;

    /// <summary>The first half of a rename, waiting for its second.</summary>
    private readonly record struct Departure(uint Cookie, TreePath Path, bool IsDirectory);

    /// <exception cref="WatchException">No instance is left.</exception>
    public InotifySource(SafeFileHandle root, WatchOptions options) : base(root, options)
    {
        var error = Inotify.Open(out var inotify);
        if (inotify is null)
            base.Dispose();
        _inotify = inotify ?? throw WatchLimit.NoInstance(error);
        _newLinks = new NewLinks(Root);
    }

    public override string Name => "inotify";

    protected override int QueueDescriptor => _inotify.Descriptor;

    protected override void Prepare(CancellationToken cancellation)
    {
        _watcher = new InotifyWatcher(Root, _inotify, _tree, Batch) { Skips = Skips };
        _watcher.WatchAll(cancellation);
        WatchAboveRoot();
    }

    protected override int Drain()
    {
        var events = ReadQueue();
        // The second half of a rename is written right after the first, unless another process got the processor; without it the file has left the tree.
        var began = Stopwatch.GetTimestamp();
        while (_departures.Count > 0 && LongestRename - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest && QueueHasMore(rest))
            events += ReadQueue();
        foreach (var departure in _departures)
            Batch.Add(departure.Path, FileOperations.MovedOut, departure.IsDirectory);
        _departures.Clear();
        if (_watcher.Confused)
            Repair();
        return events;
    }

    protected override void MountsChanged(List<TreePath> points)
    {
        if (Options.CrossMounts && points.Count > 0)
            _watcher.WatchAll();
        base.MountsChanged(points);
    }

    protected override void Close() => _inotify?.Dispose();

    private bool Skips(TreePath directory) => (!Options.CrossMounts && Mounts.IsMountPoint(directory)) || IsExcluded(directory);

    /// <summary>The removal of the root is only seen from above as long as a handle of it is open.</summary>
    private void WatchAboveRoot()
    {
        if (Directories.Open(Root, ".."u8, readable: true, out var above) != Errno.None)
            return;
        // At the very top ".." is the root itself, whose watch must stay as it is.
        using (above)
        {
            if (Inodes.Stat(Root, out var root) == Errno.None && Inodes.Stat(above!, out var stat) == Errno.None
                && (root.Inode, root.Device) != (stat.Inode, stat.Device))
                _ = _inotify.Add(above!, InotifyEvents.Delete | InotifyEvents.OnlyDirectory, out _aboveRoot);
        }
    }

    private bool QueueHasMore(TimeSpan limit)
    {
        Span<PollEntry> queue = [new(QueueDescriptor, PollEvents.Readable)];
        return Poll.Wait(queue, (int)Math.Ceiling(limit.TotalMilliseconds)) > 0;
    }

    private int ReadQueue()
    {
        var error = _inotify.Read(_buffer, out var length);
        if (error == Errno.EAGAIN)
            return 0;
        LinuxException.ThrowIf(error, "read", "the inotify queue");
        Batch.Stamp();
        var count = 0;
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
        for (; InotifyEvent.TryTake(ref rest, out var next); count++)
            Take(next);
        return count;
    }

    private void Take(in InotifyEvent next)
    {
        if (next.Has(InotifyEvents.Overflow))
            Repair();
        else if (next.Watch == _aboveRoot)
            RootGone |= Inodes.Stat(Root, out var stat) == Errno.None && stat.LinkCount == 0;
        else if (_tree.Find(next.Watch) is not { } directory)
            return;
        else if (next.Name.IsEmpty)
            TakeSelf(next, directory);
        else if (_tree.TryGetPath(directory, out var path) && path.Bytes.Length + 1 + next.Name.Length <= TreePath.MaxLength)
            TakeChild(next, directory, _paths.Of(path, next.Name));
        else
            Batch.Sink.Unwatched(path, Errno.ENAMETOOLONG);
    }

    private void TakeSelf(in InotifyEvent next, WatchedDirectory directory)
    {
        var isRoot = directory == _tree.Root;
        if (next.Has(InotifyEvents.Attributes) && isRoot)
            Batch.Add(TreePath.Root, FileOperations.Attributes, isDirectory: true);
        RootGone |= isRoot && next.Has(InotifyEvents.DeleteSelf | InotifyEvents.MoveSelf | InotifyEvents.Unmount | InotifyEvents.Ignored);
        if (isRoot)
            return;
        if (next.Has(InotifyEvents.Ignored) || (next.Has(InotifyEvents.MoveSelf) && !_watcher.IsInPlace(directory)))
            _watcher.Unwatch(directory);
    }

    private void TakeChild(in InotifyEvent next, WatchedDirectory parent, TreePath path)
    {
        var isDirectory = next.Has(InotifyEvents.Directory);
        if (isDirectory && Skips(path))
            return;
        if (next.Has(InotifyEvents.MovedFrom))
            _departures.Add(new Departure(next.Cookie, path, isDirectory));
        else if (next.Has(InotifyEvents.MovedTo))
            Arrive(next.Cookie, parent, path, isDirectory);
        else
            Batch.Add(path, Operations(next.Events), isDirectory);
        if (!isDirectory && _newLinks.Lost(parent.Watch, path, next.Events, next.Cookie))
            Batch.AddSubtree(TreePath.Root, FileOperations.Modify);
        if (!isDirectory || !next.Has(InotifyEvents.Create))
            return;
        _watcher.Watch(parent, next.Name.ToArray(), isNew: true);
        // Nothing told of what was in it before it had its watch and is gone by now, but somebody may have looked meanwhile.
        Batch.AddSubtree(path, FileOperations.Found);
    }

    private void Arrive(uint cookie, WatchedDirectory parent, TreePath path, bool isDirectory)
    {
        // Everything below has new paths: watches first, so that whoever looks after the event misses nothing.
        if (isDirectory)
            _watcher.Watch(parent, path.Name.ToArray(), isNew: false);
        var below = isDirectory ? FileOperations.Subtree : FileOperations.None;
        var index = _departures.FindIndex(departure => departure.Cookie == cookie);
        if (index < 0)
        {
            Batch.Add(path, FileOperations.MovedIn | below, isDirectory);
            return;
        }
        Batch.Add(path, FileOperations.Rename | below, isDirectory, oldPath: _departures[index].Path);
        _departures.RemoveAt(index);
    }

    /// <summary>Looks at the whole tree for directories without a watch. Whoever is told looks at the tree after that.</summary>
    private void Repair()
    {
        _watcher.WatchAll();
        Batch.AddSubtree(TreePath.Root, FileOperations.Overflow);
    }
}
