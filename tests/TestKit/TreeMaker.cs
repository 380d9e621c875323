using ChangedFiles.Linux;

namespace ChangedFiles.TestKit;

/// <summary>Fills a directory with a random tree; the same seed and settings make the same tree.</summary>
public sealed class TreeMaker(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<byte[]> _directories = ["."u8.ToArray()];
    private readonly List<byte[]> _others = [];
    private RandomInodes _inodes = null!;

    /// <summary>How many names to make, of all kinds; a little less comes out where random names collide.</summary>
    public int Count { get; init; } = 300;

    public int MaxDepth { get; init; } = 6;

    /// <summary>Bytes.</summary>
    public int MaxFileSize { get; init; } = 300_000;

    public TreeFeatures Features { get; init; } = TreeFeatures.All;

    /// <summary>Makes it below a directory that exists. Times of directories are set last, when nothing more is put in.</summary>
    public void Fill(string directory)
    {
        _inodes = new RandomInodes(_random, Features);
        using var tree = new RawTree(directory);
        for (var i = 0; i < Count; i++)
            Add(tree);
        foreach (var path in _others.Concat(_directories.Skip(1).Reverse()))
            SetAttributes(tree, path);
    }

    private void Add(RawTree tree)
    {
        var path = RawTree.Join(_directories[_random.Next(_directories.Count)], _inodes.Name());
        if (path.Length > 3500)
            return;
        var choice = _random.Next(20);
        if (choice < 4)
        {
            if (path.Count((byte)'/') < MaxDepth && tree.Mkdir(path) == Errno.None)
                _directories.Add(path);
        }
        else if (MakeOther(tree, path, choice) == Errno.None)
            _others.Add(path);
    }

    private Errno MakeOther(RawTree tree, byte[] path, int choice) => choice switch
    {
        4 or 5 when _inodes.Has(TreeFeatures.Symlinks) => tree.Symlink(path, _inodes.LinkTarget()),
        6 or 7 when _inodes.Has(TreeFeatures.HardLinks) && _others.Count > 0 => tree.Link(_others[_random.Next(_others.Count)], path),
        8 when (Features & (TreeFeatures.Specials | TreeFeatures.Devices)) != 0 => _inodes.MakeSpecial(tree, path),
        9 when _inodes.Has(TreeFeatures.Sparse) => MakeSparse(tree, path),
        _ => tree.Create(path, _inodes.Content(MaxFileSize)),
    };

    private Errno MakeSparse(RawTree tree, byte[] path)
    {
        var error = tree.Create(path, _inodes.Content(1000));
        tree.Write(path, _inodes.Content(1000), _random.Next(MaxFileSize));
        return error == Errno.None ? tree.Truncate(path, _random.Next(MaxFileSize)) : error;
    }

    private void SetAttributes(RawTree tree, byte[] path)
    {
        tree.Stat(path, out var stat);
        if (_inodes.Has(TreeFeatures.Owners) && Privileges.IsRoot)
            tree.Chown(path, _inodes.Id(), _inodes.Id());
        if (!stat.IsSymlink)
            tree.Chmod(path, stat.IsDirectory ? _inodes.DirectoryMode() : _inodes.FileMode());
        if (_inodes.Has(TreeFeatures.Times))
            tree.Touch(path, _inodes.Time());
    }
}
