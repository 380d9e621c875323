using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// What a kernel has queued, and the names under which it is read. inotify keeps the order, tells the names of the moment, and only what happens in a directory that
/// has a watch by then; with fanotify equal events become one, which keeps the place of the first, and directories are where they are when that is looked up
/// (docs/architecture.md, "State, not history").
/// </summary>
/// <param name="whole">The file system.</param>
/// <param name="tree">The tree of which the events tell.</param>
/// <param name="isFanotify">Which of both it is.</param>
internal sealed class SimulatedQueue(MemoryTree whole, MemoryTree tree, bool isFanotify, TimeProvider clock)
{
    private const FileOperations Content = FileOperations.Modify | FileOperations.CloseWrite | FileOperations.Attributes;
    private const FileOperations Moved = FileOperations.Rename | FileOperations.MovedIn | FileOperations.MovedOut;

    private readonly List<Queued> _queued = [];
    // As the source of the mirror has them: looked up once, and again when an event was read that says that they moved.
    private readonly Dictionary<ulong, TreePath> _directories = [];
    private readonly HashSet<ulong> _written = [];
    private readonly SimulatedWatches _watches = new(tree);

    public bool IsFanotify => isFanotify;

    public bool IsEmpty => _queued.Count == 0;

    /// <summary>Told of a further name of a file that was still there when it was read that it came. With inotify.</summary>
    public Action<TreePath>? OnLinkFound { get; init; }

    /// <summary>Something happened just now.</summary>
    /// <param name="inode">What it happened to.</param>
    /// <param name="from">Of a rename: the name before, and the directory that it is in.</param>
    public void Add(TreePath path, FileOperations operations, bool isDirectory, ulong inode, TreePath from = default)
    {
        var old = operations.HasFlag(FileOperations.Rename) ? InodeOf(from.Parent) : 0;
        var next = new Queued(InodeOf(path.Parent), path, old, from, inode, isDirectory) { Operations = operations };
        if (!isFanotify)
            _queued.AddRange(_watches.Seen(next));
        else if (_queued.Find(next.IsLike) is { } same)
            same.Operations |= operations;
        else
            _queued.Add(next);
    }

    /// <summary>A file got or lost a name; only fanotify tells, and not which.</summary>
    public void AddRelinked(ulong inode)
    {
        var next = new Queued(0, TreePath.Root, 0, TreePath.Root, inode, IsDirectory: false);
        if (isFanotify && !_queued.Exists(next.IsLike))
            _queued.Add(next);
    }

    public void Lose()
    {
        _queued.Clear();
        _directories.Clear();
        _watches.WatchAll();
    }

    /// <summary>Reads the oldest events.</summary>
    public List<WatchEvent> Read(int most)
    {
        var events = new List<WatchEvent>();
        for (; most > 0 && _queued.Count > 0; most--)
        {
            var queued = _queued[0];
            _queued.RemoveAt(0);
            if (isFanotify)
                Take(queued, events);
            else if (_watches.Take(queued, events, clock.GetTimestamp()) && !_queued.Exists(later => later.Path == queued.Path && later.IsArrival))
                OnLinkFound?.Invoke(queued.Path);
        }
        return events;
    }

    private void Take(Queued queued, List<WatchEvent> events)
    {
        if (queued.Operations == FileOperations.None)
        {
            if (_written.Contains(queued.Inode))
                TakeElsewhere(queued.Inode, Content, events);
            return;
        }
        if (queued.IsDirectory && (queued.Operations & (FileOperations.Delete | Moved)) != 0)
            Forget(queued.Inode);
        var from = queued.Operations.HasFlag(FileOperations.Rename) ? PathOf(queued.OldDirectory, queued.OldPath) : null;
        if (PathOf(queued.Directory, queued.Path) is not { } path)
        {
            if (from is { } gone)
                events.Add(new WatchEvent(gone, FileOperations.MovedOut, queued.IsDirectory, 0, TreePath.Root, clock.GetTimestamp()));
            if (queued.Has(Content) && !queued.IsDirectory && NameOf(whole, TreePath.Root, queued.Directory) is null)
                TakeWritten(queued, queued.Operations, events);
            return;
        }
        if (queued.IsDirectory && queued.Operations.HasFlag(FileOperations.Create) && !queued.Operations.HasFlag(FileOperations.Delete))
            _directories[queued.Inode] = path;
        var operations = queued.Operations;
        if (operations.HasFlag(FileOperations.Rename) && from is null)
            operations = (operations & ~FileOperations.Rename) | FileOperations.MovedIn;
        events.Add(new WatchEvent(path, operations, queued.IsDirectory, 0, from ?? TreePath.Root, clock.GetTimestamp()));
        if (queued.Has(FileOperations.MovedOut) && _written.Contains(queued.Inode))
            TakeElsewhere(queued.Inode, Content, events);
        if ((operations & Content) == 0 || queued.IsDirectory)
            return;
        if (InodeOf(path) == queued.Inode)
            _written.Add(queued.Inode);
        else
            TakeWritten(queued, operations, events);
    }

    /// <summary>By a name that it has no more.</summary>
    private void TakeWritten(Queued queued, FileOperations operations, List<WatchEvent> events)
    {
        _written.Add(queued.Inode);
        TakeElsewhere(queued.Inode, operations & Content, events);
    }

    /// <summary>Of a file that was written by a name which it has no more, one that it has is told.</summary>
    private void TakeElsewhere(ulong inode, FileOperations operations, List<WatchEvent> events)
    {
        if (NameOf(tree, TreePath.Root, inode) is { } elsewhere)
            events.Add(new WatchEvent(elsewhere, operations, false, 0, TreePath.Root, clock.GetTimestamp()));
    }

    private void Forget(ulong directory)
    {
        if (!_directories.Remove(directory, out var path))
            return;
        foreach (var (below, known) in _directories.ToList())
        {
            if (known.IsBelow(path))
                _directories.Remove(below);
        }
    }

    private TreePath? PathOf(ulong directory, TreePath path) => path.IsRoot ? path : Find(directory)?.Child(path.Name);

    private TreePath? Find(ulong directory)
    {
        if (directory == InodeOf(TreePath.Root))
            return TreePath.Root;
        if (_directories.TryGetValue(directory, out var known))
            return known;
        if (NameOf(tree, TreePath.Root, directory) is not { } path)
            return null;
        for (var above = path; !above.IsRoot; above = above.Parent)
            _directories.TryAdd(InodeOf(above), above);
        return path;
    }

    private ulong InodeOf(TreePath path) => tree.Stat(path, out var stat) == Errno.None ? stat.Inode : 0;

    /// <summary>A name of an inode that is there now.</summary>
    private static TreePath? NameOf(MemoryTree tree, TreePath directory, ulong inode)
    {
        var entries = new List<DirectoryEntry>();
        tree.List(directory, entries);
        foreach (var entry in entries)
        {
            var path = directory.Child(entry.Name);
            if (entry.Inode == inode)
                return path;
            if (entry.Kind == FileKind.Directory && NameOf(tree, path, inode) is { } below)
                return below;
        }
        return null;
    }

    /// <summary>One event. The name in its directory counts; the path is that of the moment.</summary>
    internal sealed record Queued(ulong Directory, TreePath Path, ulong OldDirectory, TreePath OldPath, ulong Inode, bool IsDirectory)
    {
        public FileOperations Operations { get; set; }

        public bool IsLike(Queued other) => (Directory, OldDirectory, Inode, IsDirectory) == (other.Directory, other.OldDirectory, other.Inode, other.IsDirectory)
            && Path.Name.SequenceEqual(other.Path.Name) && OldPath.Name.SequenceEqual(other.OldPath.Name)
            && ((Operations ^ other.Operations) & Moved) == 0;

        public bool Has(FileOperations any) => (Operations & any) != 0;

        /// <summary>Something has the name since.</summary>
        public bool IsArrival => Has(FileOperations.Create | FileOperations.Rename | FileOperations.MovedIn);
    }
}
