using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// inotify's watches as the mirror has them: a new directory has one only when its event is read, and what is in it by then is found. With the further names of
/// files as <see cref="NewLinks"/> keeps them.
/// </summary>
internal sealed class SimulatedWatches(MemoryTree tree)
{
    private readonly HashSet<ulong> _watched = [];
    private readonly Dictionary<(ulong Directory, TreePath Name), bool> _isWritten = [];

    /// <summary>What is told of an event: only what happens in a watched directory.</summary>
    public IEnumerable<SimulatedQueue.Queued> Seen(SimulatedQueue.Queued happened)
    {
        var isSeen = happened.Path.IsRoot || _watched.Contains(happened.Directory);
        if (!happened.Has(FileOperations.Rename) || (isSeen && _watched.Contains(happened.OldDirectory)))
            return isSeen ? [happened] : [];
        if (isSeen)
            return [happened with { Operations = (happened.Operations & ~FileOperations.Rename) | FileOperations.MovedIn }];
        return _watched.Contains(happened.OldDirectory)
            ? [happened with { Directory = happened.OldDirectory, Path = happened.OldPath, Operations = FileOperations.MovedOut }]
            : [];
    }

    public void WatchAll()
    {
        _watched.Clear();
        Watch(TreePath.Root, [], 0, report: false);
    }

    /// <summary>An event is read.</summary>
    /// <returns>True for a further name of a file that is known from now on.</returns>
    public bool Take(SimulatedQueue.Queued read, List<WatchEvent> events, long now)
    {
        events.Add(new WatchEvent(read.Path, read.Operations, read.IsDirectory, 0, read.OldPath, now));
        if (read.IsDirectory)
        {
            TakeDirectory(read, events, now);
            return false;
        }
        var isMoved = read.Has(FileOperations.Rename) && _isWritten.ContainsKey((read.OldDirectory, Name(read.OldPath)));
        if (IsLost(read))
            events.Add(new WatchEvent(TreePath.Root, FileOperations.Subtree | FileOperations.Modify, true, 0, TreePath.Root, now));
        if (!isMoved && (!read.IsArrival || tree.Stat(read.Path, out var stat) != Errno.None || !stat.IsRegular || stat.LinkCount == 1))
            return false;
        _isWritten[(read.Directory, Name(read.Path))] = false;
        return true;
    }

    private void TakeDirectory(SimulatedQueue.Queued read, List<WatchEvent> events, long now)
    {
        if (read.Has(FileOperations.MovedOut))
        {
            var inside = new HashSet<ulong>();
            AddDirectories(TreePath.Root, inside);
            _watched.IntersectWith(inside);
        }
        // Only where the directory above is still where it was: else the event of its move is still to come.
        if (!read.IsArrival || tree.Stat(read.Path.Parent, out var parent) != Errno.None || parent.Inode != read.Directory
            || tree.Stat(read.Path, out var stat) != Errno.None || !stat.IsDirectory)
            return;
        var isNew = read.Has(FileOperations.Create);
        if (!isNew || !_watched.Contains(stat.Inode))
            Watch(read.Path, events, now, report: isNew);
        if (isNew)
            events.Add(new WatchEvent(read.Path, FileOperations.Found | FileOperations.Subtree, true, 0, TreePath.Root, now));
    }

    private void Watch(TreePath directory, List<WatchEvent> events, long now, bool report)
    {
        tree.Stat(directory, out var stat);
        _watched.Add(stat.Inode);
        foreach (var entry in Entries(directory))
        {
            var (path, isDirectory) = (directory.Child(entry.Name), entry.Kind == FileKind.Directory);
            if (report)
                events.Add(new WatchEvent(path, FileOperations.Create | FileOperations.Found, isDirectory, 0, TreePath.Root, now));
            if (isDirectory)
                Watch(path, events, now, report);
        }
    }

    private void AddDirectories(TreePath directory, HashSet<ulong> inodes)
    {
        tree.Stat(directory, out var stat);
        inodes.Add(stat.Inode);
        foreach (var entry in Entries(directory).Where(entry => entry.Kind == FileKind.Directory))
            AddDirectories(directory.Child(entry.Name), inodes);
    }

    private List<DirectoryEntry> Entries(TreePath directory)
    {
        var entries = new List<DirectoryEntry>();
        tree.List(directory, entries);
        return entries;
    }

    private bool IsLost(SimulatedQueue.Queued read)
    {
        var name = (read.Directory, Name(read.Path));
        var isLost = read.Has(FileOperations.Rename) && Forget((read.OldDirectory, Name(read.OldPath)));
        if (read.Has(FileOperations.Delete | FileOperations.Rename | FileOperations.MovedIn | FileOperations.MovedOut))
            return Forget(name) || isLost;
        if (read.Has(FileOperations.Modify | FileOperations.Attributes) && _isWritten.ContainsKey(name))
            _isWritten[name] = true;
        return isLost;
    }

    private bool Forget((ulong Directory, TreePath Name) name) => _isWritten.Remove(name, out var wasWritten) && wasWritten;

    private static TreePath Name(TreePath path) => path.IsRoot ? path : TreePath.Root.Child(path.Name);
}
