using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// A tree that users change, with the events that a kernel would queue. While it is read, users may get in between: <see cref="OnRead"/>.
/// </summary>
internal sealed class SimulatedSource : IFileSource
{
    private const int MaxDepth = 4;
    private const int Remembered = 4;

    private readonly SimulatedClock _clock;
    private readonly Random _random;
    private static readonly TreePath Inside = TreePath.Parse("inside"), Outside = TreePath.Parse("outside");
    private static readonly TreePath First = TreePath.Parse("stays/first"), Last = TreePath.Parse("stays/last");

    // The file system, and the directory of it that is mirrored.
    private readonly MemoryTree _whole;
    private readonly MemoryTree _tree;
    private int _movedOut;
    // Further names of files, until the mirror has read that they came while they were there, or has sent them; and those of them by which a file was changed
    // meanwhile. With inotify these must not go before that: a known gap.
    private readonly HashSet<TreePath> _unseen = [];
    private readonly HashSet<TreePath> _pinned = [];
    // Names of files with several by which these were changed, until they are sent. They must not leave with a directory before: another known gap.
    private readonly HashSet<TreePath> _changed = [];
    // What users do, each as often as it stands here: every seed has other habits, so that rare things follow each other.
    private readonly List<Action> _operations = [];
    private readonly Queue<TreePath> _lately = new();
    private readonly int _names;
    private readonly int _locality;
    private TreePath _exchanged;

    public SimulatedSource(SimulatedClock clock, Random random)
    {
        (_clock, _random, _whole) = (clock, random, new MemoryTree(clock));
        _whole.MakeDirectory(Inside, 0x1ED);
        _whole.MakeDirectory(Outside, 0x1ED);
        _whole.OpenTarget(Inside, out var inside);
        _tree = (MemoryTree)inside!;
        Queue = new SimulatedQueue(_whole, _tree, isFanotify: random.Next(2) == 0, clock) { OnLinkFound = path => _unseen.Remove(path) };
        _tree.MakeDirectory(First.Parent, 0x1ED);
        Create(First);
        (_names, _locality) = (random.Next(2, 7), random.Next(3) * 40);
        ChooseHabits();
    }

    public IFileSource Tree => _tree;

    /// <summary>What the kernel has to tell.</summary>
    public SimulatedQueue Queue { get; }

    /// <summary>
    /// Something new may look like something else. Not where names that came apart while no mirror ran would stay linked for it, which is a known gap.
    /// </summary>
    public bool MakesLookalikes { get; set; } = true;

    public Action? OnRead { get; set; }

    public Action<string>? OnQueued { get; set; }

    /// <summary>One operation of a user; perhaps one that cannot be.</summary>
    public void Change() => _operations[_random.Next(_operations.Count)]();

    /// <summary>What was exchanged last is exchanged once more: just when somebody looks at it, perhaps.</summary>
    public void ExchangeAgain() => Exchange(_exchanged);

    /// <summary>Last changes: a destination that was replaced is noticed when something is brought there.</summary>
    public void ChangeOnceMore()
    {
        if (_random.Next(2) == 0)
            Create(Last);
        else
            Rename(First, Last);
    }

    /// <summary>
    /// Writes to a file what neither its size nor its time of modification tells: within a tick of the clock, or with its time set back, perhaps in its place.
    /// </summary>
    public void WriteUnseen()
    {
        var names = new Dictionary<TreePath, FileStat>();
        Walk(TreePath.Root, names);
        var files = names.Where(name => name.Value.IsRegular).ToList();
        var (path, stat) = files[_random.Next(files.Count)];
        var changed = DateTimeOffset.UnixEpoch.AddSeconds(stat.Ctime.Seconds).AddTicks(stat.Ctime.Nanoseconds / 100);
        var isSetBack = _random.Next(2) == 0 || (_clock.GetUtcNow() - changed).Duration() > TimeSpan.FromMilliseconds(10);
        var content = new byte[stat.Size];
        _random.NextBytes(content);
        var isAnother = isSetBack && stat.LinkCount == 1 && _random.Next(2) == 0;
        if (isAnother)
        {
            _tree.Unlink(path);
            Queued(Errno.None, path, FileOperations.Delete, stat);
            _tree.Create(path, out var other);
            using (other)
                other!.Commit();
            Happened(Errno.None, path, FileOperations.Create);
        }
        _clock.Stopped = isSetBack ? null : changed;
        _tree.OpenInPlace(path, out var file);
        using (file)
            file!.Write(content, 0);
        if (isSetBack)
            _tree.SetMetadata(path, new Metadata { Mtime = stat.Mtime }, out _);
        _clock.Stopped = null;
        Happened(Errno.None, path, FileOperations.Modify | (isSetBack ? FileOperations.Attributes : FileOperations.None));
        Happened(Errno.None, path, FileOperations.CloseWrite);
    }

    /// <summary>The kernel's queue ran over, or was not there: everything will be looked at.</summary>
    public void LoseEvents()
    {
        Queue.Lose();
        _unseen.Clear();
        _pinned.Clear();
        _changed.Clear();
    }

    /// <summary>The mirror has sent a name.</summary>
    public void Sent(TreePath path)
    {
        _unseen.Remove(path);
        _pinned.Remove(path);
        _changed.Remove(path);
    }

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

    private void ChooseHabits()
    {
        (int Usual, Action Operation)[] all =
        [
            (3, () => Create(NewPath())),
            (3, () => Write(AnyPath())),
            (1, () => MakeDirectory(NewPath())),
            (2, () => Rename(AnyPath(), NewPath())),
            (2, () => Rename(AnyPath(), AnyPath())),
            (1, () => MakeSymlink(NewPath())),
            (2, () => SetAttributes(AnyPath())),
            (3, () => Link(NewPath(), AnyPath())),
            (1, () => WriteAndRemove(AnyPath())),
            (1, () => Remove(AnyPath())),
            (1, () => Remove(AnyPath() is var path && IsDirectory(path) ? AnyPath() : path)),
            (1, () => Copy(AnyPath(), NewPath())),
            (1, () => Swap(AnyPath(), AnyPath())),
            (2, () => Exchange(AnyPath())),
            (1, () => MoveAside(AnyPath(), NewPath())),
            (1, () => LinkAndWrite(NewPath(), AnyPath())),
            (1, () => MoveOut(AnyPath())),
            (2, () => MoveIn(NewPath())),
        ];
        var isUsual = _random.Next(3) == 0;
        foreach (var (usual, operation) in all)
            _operations.AddRange(Enumerable.Repeat(operation, isUsual ? usual : usual * _random.Next(3)));
        _operations.Add(all[0].Operation);
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
        Happened(Errno.None, path, FileOperations.Create);
        Happened(Errno.None, path, FileOperations.Modify | FileOperations.CloseWrite);
    }

    private void Write(TreePath path)
    {
        if (_tree.Stat(path, out var stat) != Errno.None || !stat.IsRegular || _tree.OpenInPlace(path, out var file) != Errno.None)
            return;
        using (file)
            file!.Write(Content(), _random.Next((int)stat.Size + 1));
        Changed(path);
        Happened(Errno.None, path, FileOperations.Modify);
        if (_random.Next(4) > 0)
            Happened(Errno.None, path, FileOperations.CloseWrite);
    }

    /// <summary>With everything that a user can keep of it.</summary>
    private void Copy(TreePath existing, TreePath path)
    {
        if (_tree.Stat(existing, out var stat) != Errno.None || !stat.IsRegular || _tree.Stat(path, out _) == Errno.None || _tree.Create(path, out var copy) != Errno.None)
            return;
        _tree.Open(existing, out var file);
        using (file)
        using (copy)
        {
            var content = new byte[stat.Size];
            file!.Read(content, 0, out _);
            copy!.Write(content, 0);
            copy.SetMetadata(new Metadata { Mode = stat.Mode, Uid = stat.Uid, Mtime = MakesLookalikes ? stat.Mtime : null }, out _);
            if (copy.Commit() != Errno.None)
                return;
        }
        Happened(Errno.None, path, FileOperations.Create);
        Happened(Errno.None, path, FileOperations.Modify | FileOperations.Attributes | FileOperations.CloseWrite);
    }

    private void MakeSymlink(TreePath path)
    {
        var target = MakesLookalikes ? [(byte)'a'] : BitConverter.GetBytes(_random.NextInt64());
        Happened(_tree.MakeSymlink(path, target), path, FileOperations.Create);
    }

    private void MakeDirectory(TreePath path) => Happened(_tree.MakeDirectory(path, 0x1ED), path, FileOperations.Create);

    private void Link(TreePath path, TreePath existing)
    {
        if (_tree.MakeLink(path, existing) != Errno.None)
            return;
        if (!Queue.IsFanotify)
            _unseen.Add(path);
        _tree.Stat(path, out var stat);
        Queue.AddRelinked(stat.Inode);
        Happened(Errno.None, path, FileOperations.Create);
    }

    private void Changed(TreePath path)
    {
        if (_unseen.Contains(path))
            _pinned.Add(path);
        if (_tree.Stat(path, out var stat) == Errno.None && stat is { IsDirectory: false, LinkCount: > 1 })
            _changed.Add(path);
    }

    private bool IsPinned(TreePath path) => _pinned.Any(pinned => pinned == path || pinned.IsBelow(path));

    /// <summary>The kernel merges its events: nobody finds the name that was written to.</summary>
    private void WriteAndRemove(TreePath path)
    {
        if (IsDirectory(path) || _unseen.Contains(path))
            return;
        Write(path);
        Remove(path);
    }

    private void Rename(TreePath from, TreePath to)
    {
        if (from == to || _tree.Stat(from, out var moved) != Errno.None || IsPinned(to) || (_tree.Stat(to, out var there) == Errno.None && there.Inode == moved.Inode)
            || _tree.Rename(from, to) != Errno.None)
            return;
        MoveNotes(from, to);
        Moved(from, to);
        if (there is { Inode: > 0, IsDirectory: false })
            Queue.AddRelinked(there.Inode);
    }

    /// <summary>What is noted of names goes with them.</summary>
    private void MoveNotes(TreePath from, TreePath to)
    {
        foreach (var names in (HashSet<TreePath>[])[_unseen, _pinned, _changed])
        {
            foreach (var name in names.Where(name => name == from || name.IsBelow(from)).ToList())
            {
                names.Remove(name);
                names.Add(to.Append(name.RelativeTo(from)));
            }
        }
    }

    /// <summary>Both at once, as RENAME_EXCHANGE does.</summary>
    private void Swap(TreePath one, TreePath other)
    {
        var aside = TreePath.Parse("aside");
        if (one == other || one.IsRoot || other.IsRoot || one.IsBelow(other) || other.IsBelow(one) || IsPinned(one) || IsPinned(other)
            || (_tree.Stat(one, out var first) == Errno.None && _tree.Stat(other, out var second) == Errno.None && first.Inode == second.Inode)
            || _tree.Rename(one, aside) != Errno.None)
            return;
        _tree.Rename(other, one);
        _tree.Rename(aside, other);
        foreach (var (from, to) in ((TreePath, TreePath)[])[(one, aside), (other, one), (aside, other)])
            MoveNotes(from, to);
        Moved(one, other);
        Moved(other, one);
    }

    /// <summary>To another place of the file system, with all that is below.</summary>
    private void MoveOut(TreePath path)
    {
        if (path.IsRoot || path.Bytes.SequenceEqual("stays"u8) || IsPinned(path) || _changed.Any(name => name.IsBelow(path)) || _tree.Stat(path, out var stat) != Errno.None
            || _whole.Rename(Inside.Append(path), Outside.Child([(byte)('a' + (_movedOut++ % 26))])) != Errno.None)
            return;
        _unseen.RemoveWhere(name => name == path || name.IsBelow(path));
        Queued(Errno.None, path, FileOperations.MovedOut, stat);
    }

    private void MoveIn(TreePath path)
    {
        var names = new List<byte[]>();
        _whole.List(Outside, names);
        if (names.Count == 0 || _tree.Stat(path, out _) == Errno.None || _whole.Rename(Outside.Child(names[_random.Next(names.Count)]), Inside.Append(path)) != Errno.None)
            return;
        var came = new Dictionary<TreePath, FileStat>();
        Walk(path, came);
        if (!Queue.IsFanotify)
            _unseen.UnionWith(came.Where(name => !name.Value.IsDirectory && name.Value.LinkCount > 1).Select(name => name.Key));
        Happened(Errno.None, path, FileOperations.MovedIn | (IsDirectory(path) ? FileOperations.Subtree : FileOperations.None));
        if (_random.Next(2) == 0)
            Rename(path, NewPath());
    }

    private void Moved(TreePath from, TreePath to)
    {
        _tree.Stat(to, out var stat);
        Happened(Errno.None, to, FileOperations.Rename | (stat.IsDirectory ? FileOperations.Subtree : FileOperations.None), from);
    }

    private void Remove(TreePath path)
    {
        if (path.IsRoot || path.Bytes.SequenceEqual("stays"u8) || IsPinned(path))
            return;
        var stats = new Dictionary<TreePath, FileStat>();
        Walk(path, stats);
        _tree.RemoveTree(path, (removed, errno) =>
        {
            var stat = stats.GetValueOrDefault(removed);
            _unseen.Remove(removed);
            if (errno == Errno.None && !stat.IsDirectory)
                Queue.AddRelinked(stat.Inode);
            Queued(errno, removed, FileOperations.Delete, stat);
        });
    }

    /// <summary>A directory becomes a file, and a file a directory.</summary>
    private void Exchange(TreePath path)
    {
        if (path.IsRoot || IsPinned(path))
            return;
        _exchanged = path;
        var wasDirectory = IsDirectory(path);
        Remove(path);
        if (wasDirectory)
            Create(path);
        else
            MakeDirectory(path);
    }

    /// <summary>Something of the other kind takes its place.</summary>
    private void MoveAside(TreePath path, TreePath aside)
    {
        if (path.IsRoot || IsPinned(path))
            return;
        var wasDirectory = IsDirectory(path);
        if (_random.Next(2) == 0)
            MoveOut(path);
        else
            Rename(path, aside);
        if (wasDirectory)
            Create(path);
        else
        {
            MakeDirectory(path);
            Create(path.Child("a"u8));
        }
    }

    private void LinkAndWrite(TreePath path, TreePath existing)
    {
        Link(path, existing);
        Write(path);
    }

    private void Walk(TreePath path, Dictionary<TreePath, FileStat> stats)
    {
        if (_tree.Stat(path, out var stat) != Errno.None)
            return;
        stats.Add(path, stat);
        var names = new List<byte[]>();
        _tree.List(path, names);
        foreach (var name in names)
            Walk(path.Child(name), stats);
    }

    private void SetAttributes(TreePath path)
    {
        var earlier = _clock.GetUtcNow().AddSeconds(-_random.Next(100_000)) - DateTimeOffset.UnixEpoch;
        var attributes = new Metadata
        {
            Mode = (uint)_random.Next(0x200) | 0x180,
            Uid = (uint)_random.Next(3),
            Mtime = _random.Next(3) == 0 ? new FileTime(earlier.Ticks / TimeSpan.TicksPerSecond, (int)(earlier.Ticks % TimeSpan.TicksPerSecond) * 100) : null,
        };
        var errno = _tree.SetMetadata(path, attributes, out _);
        Changed(path);
        Happened(errno, path, FileOperations.Attributes);
    }

    /// <summary>Something happened to what is there now.</summary>
    private void Happened(Errno errno, TreePath path, FileOperations operations, TreePath from = default)
    {
        _tree.Stat(path, out var stat);
        Queued(errno, path, operations, stat, from);
    }

    private void Queued(Errno errno, TreePath path, FileOperations operations, in FileStat stat, TreePath from = default)
    {
        if (errno != Errno.None)
            return;
        Queue.Add(path, operations, stat.IsDirectory, stat.Inode, from);
        _lately.Enqueue(path);
        if (_lately.Count > Remembered)
            _lately.Dequeue();
        OnQueued?.Invoke(operations.HasFlag(FileOperations.Rename) ? $"{path} {operations} from {from}" : $"{path} {operations}");
    }

    private bool IsDirectory(TreePath path) => _tree.Stat(path, out var stat) == Errno.None && stat.IsDirectory;

    private byte[] Content()
    {
        var content = new byte[_random.Next(40)];
        _random.NextBytes(content);
        return content;
    }

    private TreePath NewPath()
    {
        if (Lately(isThere: false) is { } gone)
            return gone;
        var directory = AnyPath();
        while (!directory.IsRoot && !IsDirectory(directory))
            directory = directory.Parent;
        return directory.Child([(byte)('a' + _random.Next(_names))]);
    }

    /// <summary>Something that is there.</summary>
    private TreePath AnyPath()
    {
        if (Lately(isThere: true) is { } lately)
            return lately;
        var path = TreePath.Root;
        for (var depth = _random.Next(1, MaxDepth); depth > 0; depth--)
        {
            var names = new List<byte[]>();
            _tree.List(path, names);
            names.RemoveAll(name => name.AsSpan().SequenceEqual("stays"u8));
            if (names.Count == 0)
                break;
            path = path.Child(names[_random.Next(names.Count)]);
        }
        return path;
    }

    /// <summary>A name of something that happened just now, by seeds that like such.</summary>
    private TreePath? Lately(bool isThere)
    {
        if (_lately.Count == 0 || _random.Next(100) >= _locality)
            return null;
        var path = _lately.ElementAt(_random.Next(_lately.Count));
        return (_tree.Stat(path, out _) == Errno.None) == isThere && !path.Bytes.StartsWith("stays"u8) ? path : null;
    }
}
