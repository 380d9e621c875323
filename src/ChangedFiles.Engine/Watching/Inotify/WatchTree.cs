using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>What a watch turned out to be.</summary>
internal enum Placement
{
    New,
    /// <summary>Known at another place: the directory was moved here.</summary>
    Moved,
    Unchanged,
    /// <summary>The place is inside itself: earlier moves were not understood.</summary>
    Impossible,
}

/// <summary>The watched directories: by watch number, and as a tree that gives each its path. A moved directory takes all below it along.</summary>
internal sealed class WatchTree
{
    private readonly Dictionary<int, WatchedDirectory> _byWatch = [];
    private readonly byte[] _path = new byte[TreePath.MaxLength];
    private WatchedDirectory? _lastDirectory;
    private TreePath _lastPath;

    public int Count => _byWatch.Count;

    public WatchedDirectory? Root { get; private set; }

    public WatchedDirectory? Find(int watch) => _byWatch.GetValueOrDefault(watch);

    public WatchedDirectory AddRoot(int watch) => Root = _byWatch[watch] = new WatchedDirectory(watch);

    /// <summary>Gives a watch its place.</summary>
    public Placement Place(int watch, WatchedDirectory parent, ReadOnlySpan<byte> name, out WatchedDirectory directory)
    {
        var isKnown = _byWatch.TryGetValue(watch, out var known);
        directory = known ?? (_byWatch[watch] = new WatchedDirectory(watch));
        if (isKnown && directory.Parent == parent && name.SequenceEqual(directory.Name))
            return Placement.Unchanged;
        _lastDirectory = null;
        if (!directory.TryPlace(parent, name))
            return Placement.Impossible;
        return isKnown ? Placement.Moved : Placement.New;
    }

    /// <summary>Forgets a directory and all below it, and tells their watches.</summary>
    public List<int> Remove(WatchedDirectory directory)
    {
        directory.Detach();
        _lastDirectory = null;
        var watches = directory.Subtree().Select(below => below.Watch).ToList();
        foreach (var watch in watches)
            _byWatch.Remove(watch);
        return watches;
    }

    /// <summary>Those not found in a pass over the whole tree.</summary>
    public List<WatchedDirectory> NotIn(int pass) => [.. _byWatch.Values.Where(directory => directory.Pass != pass)];

    /// <summary>The path that a directory has in this tree; false when it is longer than a path can be, or not below the root.</summary>
    public bool TryGetPath(WatchedDirectory directory, out TreePath path)
    {
        path = _lastPath;
        if (directory == _lastDirectory)
            return true;
        if (!TryBuild(directory, out path))
            return false;
        (_lastDirectory, _lastPath) = (directory, path);
        return true;
    }

    private bool TryBuild(WatchedDirectory directory, out TreePath path)
    {
        path = TreePath.Root;
        var start = _path.Length;
        for (var at = directory; at != Root; at = at.Parent)
        {
            if (at.Parent is null || start < at.Name.Length + 1)
                return false;
            start -= at.Name.Length;
            at.Name.CopyTo(_path, start);
            _path[--start] = (byte)'/';
        }
        if (start < _path.Length)
            path = TreePath.Root.Child(_path.AsSpan(start + 1));
        return true;
    }
}
