using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// One fanotify mark on the whole file system: nothing to set up, nothing to keep for each directory, no race with new ones. What is
/// outside of the tree is dropped here. Blind for stores through mmap until the last close.
/// </summary>
internal sealed class FanotifySource : QueueSource
{
    private const FanotifyEvents Wanted =
        FanotifyEvents.Create | FanotifyEvents.Delete | FanotifyEvents.Rename | FanotifyEvents.Modify | FanotifyEvents.CloseWrite
        | FanotifyEvents.Attributes | FanotifyEvents.FileSystemError | FanotifyEvents.Directory;

    /// <summary>How many inodes are remembered to have had names added or removed lately.</summary>
    private const int MaxRelinked = 4096;

    private const FileOperations Content = FileOperations.Modify | FileOperations.CloseWrite | FileOperations.Attributes;

    private readonly Fanotify _fanotify;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly HashSet<FileHandle> _relinked = [];
    private readonly RecentFiles _written = new();
    private DirectoryHandles _directories = null!;
    private LinkFinder _links = null!;
    private RepeatedPath _paths;

    /// <summary>The queue fills from here on; reading begins with the start.</summary>
    /// <exception cref="WatchException">fanotify cannot be used here; the message says why.</exception>
    public FanotifySource(SafeFileHandle root, WatchOptions options) : base(root, options)
    {
        try
        {
            if (options.CrossMounts && Mounts.Any)
                throw new WatchException("it watches one file system, and others are mounted inside the tree");
            _fanotify = FanotifyProbe.Open(Root, options.LimitQueue, Wanted);
        }
        catch
        {
            base.Dispose();
            throw;
        }
    }

    public override string Name => "fanotify";

    protected override int QueueDescriptor => _fanotify.Descriptor;

    protected override void Prepare(CancellationToken cancellation)
    {
        _directories = new DirectoryHandles(Root, IsExcluded, Batch.Sink);
        _links = new LinkFinder(Root, _directories.Mount);
    }

    protected override int Drain()
    {
        var error = _fanotify.Read(_buffer, out var length);
        if (error == Errno.EAGAIN)
            return 0;
        LinuxException.ThrowIf(error, "read", "the fanotify queue");
        Batch.Stamp();
        var count = 0;
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
        for (; FanotifyEvent.TryTake(ref rest, out var next); count++)
            TakeOrLose(next);
        if (_relinked.Count > MaxRelinked)
            _relinked.Clear();
        if (length > _buffer.Length / 2 && _fanotify.Backlog > Options.MaxBacklog)
            Discard();
        return count;
    }

    protected override void MountsChanged(List<TreePath> points)
    {
        // What a mount covered was elsewhere, and is not any more.
        _directories.Clear();
        base.MountsChanged(points);
        foreach (var point in points.Where(point => Options.CrossMounts && Mounts.IsMountPoint(point)))
            Batch.Sink.Unwatched(point, Errno.EXDEV);
    }

    protected override void Close()
    {
        _fanotify?.Dispose();
        _directories?.Dispose();
    }

    private void TakeOrLose(in FanotifyEvent next)
    {
        try
        {
            Take(next);
        }
        catch (LinuxException)
        {
            // No memory or no descriptor to look something up: as good as not told.
            Lost();
        }
    }

    private void Take(in FanotifyEvent next)
    {
        if (next.Has(FanotifyEvents.Overflow))
            Lost();
        else if (next.Has(FanotifyEvents.FileSystemError))
            Batch.Add(TreePath.Root, FileOperations.FileSystemError, isDirectory: true);
        else if (next.Has(FanotifyEvents.Rename))
            TakeRename(next);
        else if (next.Directory is { } directory)
            TakeName(next, _directories.Find(directory));
        else if (next.Object is { } file)
            TakeRelinked(file, next.ProcessId);
    }

    /// <summary>
    /// What is only about an inode is its count of links: the name that came or went has an event of its own, right after this one. If the file was
    /// written by a name that went, whoever looks at that name finds nothing of it, but perhaps it has another one.
    /// </summary>
    private void TakeRelinked(in FileHandle file, int processId)
    {
        _relinked.Add(file);
        if (_written.Contains(file))
            TakeElsewhere(file, TreePath.Root, Content, processId);
    }

    private void TakeName(in FanotifyEvent next, KnownDirectory directory)
    {
        var isDirectory = next.Has(FanotifyEvents.Directory);
        if (isDirectory && next.Object is { } inode)
            TakeDirectory(next, directory, inode);
        var operations = Operations((InotifyEvents)next.Events);
        if (directory.IsRemoved && !isDirectory)
            TakeFromRemoved(next, operations & Content);
        if (!Wants(directory, next.ProcessId) || !TryGetPath(directory, next.Name, isDirectory, out var path))
            return;
        Batch.Add(path, operations, isDirectory, next.ProcessId);
        if (isDirectory || next.Object is not { } file || (operations & Content) == 0)
            return;
        _written.Add(file);
        if (MayBeElsewhere(next, file) && !_links.Is(path, file))
            TakeElsewhere(file, directory.Path, operations & Content, next.ProcessId);
    }

    /// <summary>A file was written by a name that went with its directory, and perhaps has another one.</summary>
    private void TakeFromRemoved(in FanotifyEvent next, FileOperations written)
    {
        if (written == 0 || next.Object is not { } file || IsOwn(next.ProcessId))
            return;
        if (TakeElsewhere(file, TreePath.Root, written, next.ProcessId))
            _written.Add(file);
    }

    private void TakeDirectory(in FanotifyEvent next, KnownDirectory parent, in FileHandle directory)
    {
        if (next.Has(FanotifyEvents.Delete))
            _directories.Forget(directory);
        else if (next.Has(FanotifyEvents.Create))
            _directories.Add(directory, parent, next.Name);
        RootGone |= next.Has(FanotifyEvents.Delete) && directory == _directories.RootHandle;
    }

    /// <summary>
    /// Events of an open file carry the name it was opened by, which may be gone or another's. Not that of a new file, and what happens to
    /// its name is told; but a new link to an older file may lose its name again while the older one stays.
    /// </summary>
    private bool MayBeElsewhere(in FanotifyEvent next, in FileHandle file) =>
        !next.Has(FanotifyEvents.Create) || next.Has(FanotifyEvents.Delete) || _relinked.Contains(file);

    /// <summary>The file that was written is not what stands at the name: it has another name, or none.</summary>
    /// <returns>False when it has none in the tree.</returns>
    private bool TakeElsewhere(in FileHandle file, TreePath near, FileOperations operations, int processId)
    {
        switch (_links.Find(file, near, out var path))
        {
            case LinkSearch.Found:
                Batch.Add(path, operations, processId: processId);
                return true;
            case LinkSearch.Unknown:
                Batch.AddSubtree(TreePath.Root, operations);
                return true;
            default:
                return false;
        }
    }

    private void TakeRename(in FanotifyEvent next)
    {
        var isDirectory = next.Has(FanotifyEvents.Directory);
        if (isDirectory && next.Object is { } moved)
        {
            _directories.Forget(moved);
            RootGone |= moved == _directories.RootHandle;
        }
        if (next.OldDirectory is not { } oldHandle || next.Directory is not { } newHandle)
            return;
        var (from, to) = (_directories.Find(oldHandle), _directories.Find(newHandle));
        if (isDirectory && to.IsWatched && !from.IsWatched)
            _directories.ForgetElsewhere();
        var wasHere = Wants(from, next.ProcessId) & TryGetPath(from, next.OldName, isDirectory, out var oldPath);
        var isHere = Wants(to, next.ProcessId) & TryGetPath(to, next.Name, isDirectory, out var path);
        var below = isDirectory ? FileOperations.Subtree : FileOperations.None;
        if (wasHere && isHere)
            Batch.Add(path, FileOperations.Rename | below, isDirectory, next.ProcessId, oldPath);
        else if (isHere)
            Batch.Add(path, FileOperations.MovedIn | below, isDirectory, next.ProcessId);
        else if (wasHere)
            Batch.Add(oldPath, FileOperations.MovedOut, isDirectory, next.ProcessId);
        // What was written by the name that left may have an older one here.
        if (wasHere && !isHere && !isDirectory && next.Object is { } file && _written.Contains(file))
            TakeElsewhere(file, from.Path, Content, next.ProcessId);
    }

    private bool Wants(KnownDirectory directory, int processId) => directory.IsWatched && !IsOwn(processId);

    private bool IsOwn(int processId) => Options.IgnoreOwnWrites && processId == Environment.ProcessId;

    /// <summary>The path of a name. False for excluded directories and what is too long.</summary>
    private bool TryGetPath(KnownDirectory directory, ReadOnlySpan<byte> name, bool isDirectory, out TreePath path)
    {
        path = directory.Path;
        if (name.SequenceEqual("."u8))
            return true;
        path = _paths.Of(directory.Path, name);
        if (isDirectory && IsExcluded(path))
            return false;
        if (path.Bytes.Length <= TreePath.MaxLength)
            return true;
        Batch.Sink.Unwatched(directory.Path, Errno.ENAMETOOLONG);
        return false;
    }

    /// <summary>So much waits that reading it all would take longer than looking at the tree.</summary>
    private void Discard()
    {
        for (var left = _fanotify.Backlog; left > 0 && _fanotify.Read(_buffer, out var length) == Errno.None;)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
            for (; FanotifyEvent.TryTake(ref rest, out _); left--)
            {
            }
        }
        Lost();
    }

    private void Lost()
    {
        _directories.Clear();
        Batch.AddSubtree(TreePath.Root, FileOperations.Overflow);
    }
}
