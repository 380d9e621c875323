using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// A tree that users change, with the events that a kernel would queue. While it is read, users may get in between: <see cref="OnRead"/>.
/// </summary>
internal sealed class SimulatedSource(TimeProvider clock, Random random) : IFileSource
{
    private const int MaxDepth = 4;

    private readonly MemoryTree _tree = new(clock);
    private TreePath _exchanged;

    public IFileSource Tree => _tree;

    /// <summary>What the kernel has queued.</summary>
    public Queue<WatchEvent> Events { get; } = new();

    /// <summary>
    /// Inodes that got a name since the mirror last was through with everything. They are left alone: written by a name that is gone before anybody looked at it is
    /// a known gap.
    /// </summary>
    public HashSet<ulong> Unseen { get; } = [];

    public Action? OnRead { get; set; }

    public Action<WatchEvent>? OnQueued { get; set; }

    /// <summary>One operation of a user; perhaps one that cannot be.</summary>
    public void Change()
    {
        switch (random.Next(19))
        {
            case < 3:
                Create(NewPath());
                break;
            case < 6:
                Write(AnyPath());
                break;
            case 6:
                Happened(_tree.MakeDirectory(NewPath() is var made ? made : default, 0x1ED), made, FileOperations.Create, true);
                break;
            case < 9:
                Rename(AnyPath(), random.Next(2) == 0 ? NewPath() : AnyPath());
                break;
            case 9:
                Remove(AnyPath());
                break;
            case 10:
                Happened(_tree.MakeSymlink(NewPath() is var link ? link : default, "a/b"u8), link, FileOperations.Create);
                break;
            case < 13:
                Chmod(AnyPath());
                break;
            case < 15:
                Link(NewPath(), AnyPath());
                break;
            case 15:
                WriteAndRemove(AnyPath());
                break;
            case 16:
                Remove(AnyPath() is var path && IsDirectory(path) ? AnyPath() : path);
                break;
            default:
                Exchange(AnyPath());
                break;
        }
    }

    /// <summary>What was exchanged last is exchanged once more: just when somebody looks at it, perhaps.</summary>
    public void ExchangeAgain() => Exchange(_exchanged);

    /// <summary>A last change: a destination that was replaced is noticed when something is brought there.</summary>
    public void ChangeOnceMore() => Create(TreePath.Parse("stays/last"));

    public Errno Stat(TreePath path, out FileStat stat)
    {
        OnRead?.Invoke();
        return _tree.Stat(path, out stat);
    }

    public Errno ReadLink(TreePath path, out byte[] target)
    {
        OnRead?.Invoke();
        return _tree.ReadLink(path, out target);
    }

    public Errno List(TreePath directory, List<byte[]> names)
    {
        OnRead?.Invoke();
        return _tree.List(directory, names);
    }

    public Errno List(TreePath directory, List<DirectoryEntry> entries)
    {
        OnRead?.Invoke();
        return _tree.List(directory, entries);
    }

    public Errno Open(TreePath path, out SourceFile? file)
    {
        OnRead?.Invoke();
        return _tree.Open(path, out file);
    }

    private void Create(TreePath path)
    {
        if (_tree.Stat(path, out _) == Errno.None || _tree.Create(path, out var file) != Errno.None)
            return;
        using (file)
        {
            file!.Write(Content(), 0);
            file.Commit();
        }
        Queue(path, FileOperations.Create);
        Queue(path, FileOperations.Modify | FileOperations.CloseWrite);
    }

    private void Write(TreePath path)
    {
        if (_tree.Stat(path, out var stat) != Errno.None || !stat.IsRegular || IsUnseen(path) || _tree.OpenInPlace(path, out var file) != Errno.None)
            return;
        using (file)
            file!.Write(Content(), random.Next((int)stat.Size + 1));
        Queue(path, FileOperations.Modify);
        if (random.Next(4) > 0)
            Queue(path, FileOperations.CloseWrite);
    }

    private void Link(TreePath path, TreePath existing)
    {
        if (_tree.MakeLink(path, existing) != Errno.None)
            return;
        _tree.Stat(path, out var linked);
        Unseen.Add(linked.Inode);
        Queue(path, FileOperations.Create);
    }

    private bool IsUnseen(TreePath path) => _tree.Stat(path, out var stat) == Errno.None && Unseen.Contains(stat.Inode);

    /// <summary>The kernel merges its events: nobody finds the name that was written to.</summary>
    private void WriteAndRemove(TreePath path)
    {
        if (IsDirectory(path) || IsUnseen(path))
            return;
        Write(path);
        Remove(path);
    }

    private void Rename(TreePath from, TreePath to)
    {
        var isDirectory = IsDirectory(from);
        if (from == to || _tree.Stat(from, out var moved) != Errno.None || (_tree.Stat(to, out var there) == Errno.None && there.Inode == moved.Inode)
            || _tree.Rename(from, to) != Errno.None)
            return;
        Queue(to, FileOperations.Rename | (isDirectory ? FileOperations.Subtree : FileOperations.None), isDirectory, from);
    }

    private void Remove(TreePath path)
    {
        if (path.IsRoot || path.Bytes.SequenceEqual("stays"u8))
            return;
        var directories = new HashSet<TreePath>();
        Walk(path, directories);
        _tree.RemoveTree(path, (removed, errno) => Happened(errno, removed, FileOperations.Delete, directories.Contains(removed)));
    }

    /// <summary>A directory becomes a file, and a file a directory.</summary>
    private void Exchange(TreePath path)
    {
        if (path.IsRoot)
            return;
        _exchanged = path;
        var wasDirectory = IsDirectory(path);
        Remove(path);
        if (wasDirectory)
            Create(path);
        else
            Happened(_tree.MakeDirectory(path, 0x1ED), path, FileOperations.Create, true);
    }

    private void Walk(TreePath path, HashSet<TreePath> directories)
    {
        if (!IsDirectory(path) || !directories.Add(path))
            return;
        var names = new List<byte[]>();
        _tree.List(path, names);
        foreach (var name in names)
            Walk(path.Child(name), directories);
    }

    private void Chmod(TreePath path)
    {
        if (!IsUnseen(path))
            Happened(
                _tree.SetMetadata(path, new Metadata { Mode = (uint)random.Next(0x200) | 0x180, Uid = (uint)random.Next(3) }, out _),
                path, FileOperations.Attributes, IsDirectory(path));
    }

    private void Happened(Errno errno, TreePath path, FileOperations operations, bool isDirectory = false)
    {
        if (errno == Errno.None)
            Queue(path, operations, isDirectory);
    }

    private void Queue(TreePath path, FileOperations operations, bool isDirectory = false, TreePath from = default)
    {
        var happened = new WatchEvent(path, operations, isDirectory, 0, from, clock.GetTimestamp());
        Events.Enqueue(happened);
        OnQueued?.Invoke(happened);
    }

    private bool IsDirectory(TreePath path) => _tree.Stat(path, out var stat) == Errno.None && stat.IsDirectory;

    private byte[] Content()
    {
        var content = new byte[random.Next(40)];
        random.NextBytes(content);
        return content;
    }

    private TreePath NewPath()
    {
        var directory = AnyPath();
        while (!directory.IsRoot && !IsDirectory(directory))
            directory = directory.Parent;
        return directory.Child([(byte)('a' + random.Next(6))]);
    }

    /// <summary>Something that is there.</summary>
    private TreePath AnyPath()
    {
        var path = TreePath.Root;
        for (var depth = random.Next(1, MaxDepth); depth > 0; depth--)
        {
            var names = new List<byte[]>();
            _tree.List(path, names);
            names.RemoveAll(name => name.AsSpan().SequenceEqual("stays"u8));
            if (names.Count == 0)
                break;
            path = path.Child(names[random.Next(names.Count)]);
        }
        return path;
    }
}
