using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// A tree in memory, for programs that send or receive what is never to touch a disk. It answers as a directory of this
/// machine would that root works on. A file may have up to 2^31 - 57 bytes, more is <see cref="Errno.EFBIG"/>.
/// </summary>
public sealed partial class MemoryTree : IFileTarget
{
    private const uint TemporaryMode = 0x8180; // a regular file, rw-------

    private readonly Lock _lock;
    private readonly TimeProvider _time;
    private readonly MemoryNode _root;
    private readonly MemoryTree _whole;
    private ulong _lastInode = 1;

    /// <param name="time">Gives the times of what is made; the machine's clock when null.</param>
    public MemoryTree(TimeProvider? time = null)
    {
        (_lock, _time, _whole) = (new Lock(), time ?? TimeProvider.System, this);
        _root = new MemoryNode(1, 0x41ED, Now(_time));
    }

    /// <summary>A directory of another tree.</summary>
    private MemoryTree(MemoryTree whole, MemoryNode root) => (_lock, _time, _whole, _root) = (whole._lock, whole._time, whole._whole, root);

    public Errno Stat(TreePath path, out FileStat stat)
    {
        lock (_lock)
        {
            var error = Find(path, out var node);
            stat = node?.Stat ?? default;
            return error;
        }
    }

    public Errno ReadLink(TreePath path, out byte[] target)
    {
        lock (_lock)
        {
            var error = Find(path, out var node);
            target = node?.Target ?? [];
            return error == Errno.None && node!.Kind != FileKind.Symlink ? Errno.EINVAL : error;
        }
    }

    public Errno List(TreePath directory, List<byte[]> names) => List(directory, (name, _) => names.Add(name));

    public Errno List(TreePath directory, List<DirectoryEntry> entries) =>
        List(directory, (name, node) => entries.Add(new(name, node.Kind, node.Inode)));

    public Errno Open(TreePath path, out SourceFile? file)
    {
        lock (_lock)
        {
            var error = FindRegular(path, out var node);
            file = error == Errno.None ? new MemorySourceFile(this, node!) : null;
            return error;
        }
    }

    public Errno ListXattrs(TreePath path, List<byte[]> names)
    {
        lock (_lock)
        {
            var error = Find(path, out var node);
            names.AddRange(node?.Xattrs.Keys.ToArray() ?? []);
            return error;
        }
    }

    public Errno GetXattr(TreePath path, ReadOnlySpan<byte> name, out byte[] value)
    {
        lock (_lock)
        {
            value = [];
            var error = Find(path, out var node);
            if (error != Errno.None)
                return error;
            var found = node!.Xattrs.TryGetValue(name.ToArray(), out var bytes);
            value = bytes ?? [];
            return found ? Errno.None : Errno.ENODATA;
        }
    }

    public Errno OpenTarget(TreePath path, out IFileTarget? target)
    {
        lock (_lock)
        {
            var error = FindDirectory(path, out var node);
            target = error == Errno.None ? new MemoryTree(this, node!) : null;
            return error;
        }
    }

    public Errno MakeDirectory(TreePath path, uint permissions) =>
        Add(path, false, () => NewNode((uint)FileKind.Directory | (permissions & 0xFFF)));

    public Errno Create(TreePath path, out TargetFile? file, TreePath? temporaryDirectory = null)
    {
        file = null;
        if (path.IsRoot)
            return Errno.EISDIR;
        lock (_lock)
        {
            var node = NewNode(TemporaryMode);
            TreePath temporary;
            Errno error;
            do
                temporary = (temporaryDirectory ?? path.Parent).Child(TemporaryName.Random(path.Name));
            while ((error = Add(temporary, false, () => node)) == Errno.EEXIST);
            if (error == Errno.None)
                file = new MemoryTargetFile(this, node, path, temporary);
            return error;
        }
    }

    public Errno OpenInPlace(TreePath path, out TargetFile? file)
    {
        lock (_lock)
        {
            var error = FindRegular(path, out var node);
            if (error == Errno.ENOENT && (error = Add(path, false, () => NewNode(TemporaryMode))) == Errno.None)
                error = FindRegular(path, out node);
            file = error == Errno.None ? new MemoryTargetFile(this, node!, path, path) : null;
            return error;
        }
    }

    public Errno MakeSymlink(TreePath path, ReadOnlySpan<byte> target, bool replace = false)
    {
        var text = target.ToArray();
        return Add(path, replace, () => NewNode((uint)FileKind.Symlink | 0x1FF, text));
    }

    public Errno MakeNode(TreePath path, uint mode, uint major, uint minor, bool replace = false) =>
        Add(path, replace, () => NewNode(mode, [], (major, minor)));

    public Errno MakeLink(TreePath path, TreePath existing, bool replace = false)
    {
        lock (_lock)
        {
            var error = Find(existing, out var node);
            if (error != Errno.None)
                return error;
            if (node!.Children is not null)
                return Errno.EPERM;
            error = Add(path, replace, () => node);
            if (error == Errno.None)
            {
                node.LinkCount++;
                node.Ctime = Now(_time);
            }
            return error;
        }
    }

    public Errno Rename(TreePath path, TreePath newPath)
    {
        lock (_lock)
        {
            if (path.IsRoot || newPath.IsRoot)
                return Errno.EBUSY;
            var error = Find(path, out var node);
            if (error != Errno.None)
                return error;
            if (newPath.IsBelow(path))
                return Errno.EINVAL;
            error = FindParent(newPath, out var newParent);
            if (error == Errno.None && newParent!.Children!.TryGetValue(newPath.Name.ToArray(), out var old))
            {
                if (old == node)
                    return Errno.None;
                error = WhyNotReplaced(old, node!);
                if (error == Errno.None)
                    LoseName(old);
            }
            if (error != Errno.None)
                return error;
            FindParent(path, out var parent);
            parent!.Children!.Remove(path.Name.ToArray());
            newParent!.Children![newPath.Name.ToArray()] = node!;
            node!.Ctime = Now(_time);
            NamesChanged(parent);
            NamesChanged(newParent);
            return Errno.None;
        }
    }

    public Errno Unlink(TreePath path) => Remove(path, node => node.Children is null ? Errno.None : Errno.EISDIR);

    public Errno RemoveDirectory(TreePath path) => Remove(path, WhyNotRemoved);

    public Errno RemoveTree(TreePath path, Action<TreePath, Errno>? report = null)
    {
        if (path.IsRoot)
            return Errno.EBUSY;
        lock (_lock)
        {
            var error = Find(path, out var node);
            if (error != Errno.None)
                return error == Errno.ENOENT ? Errno.None : error;
            foreach (var name in node!.Children?.Keys.ToList() ?? [])
                RemoveTree(path.Child(name), report);
            error = node.Children is null ? Unlink(path) : RemoveDirectory(path);
            report?.Invoke(path, error);
            return error;
        }
    }

    public Errno SetMetadata(TreePath path, in Metadata metadata, out MetadataParts failed)
    {
        failed = MetadataParts.None;
        lock (_lock)
        {
            var error = Find(path, out var node);
            Set(node, metadata);
            return error;
        }
    }

    private static FileTime Now(TimeProvider time) => FileTime.From(time.GetUtcNow());

    private void NamesChanged(MemoryNode directory) => directory.Mtime = directory.Ctime = Now(_time);

    private void LoseName(MemoryNode node)
    {
        node.LinkCount--;
        node.Ctime = Now(_time);
    }

    private void Set(MemoryNode? node, in Metadata metadata)
    {
        if (node is null)
            return;
        node.Set(metadata);
        node.Ctime = Now(_time);
    }

    private static Errno WhyNotRemoved(MemoryNode node) =>
        node.Children is null ? Errno.ENOTDIR : node.Children.Count > 0 ? Errno.ENOTEMPTY : Errno.None;

    private static Errno WhyNotReplaced(MemoryNode old, MemoryNode node) =>
        node.Children is not null ? WhyNotRemoved(old) : old.Children is null ? Errno.None : Errno.EISDIR;

    private MemoryNode NewNode(uint mode, byte[]? target = null, (uint, uint) device = default) =>
        new(++_whole._lastInode, mode, Now(_time)) { Target = target ?? [], Device = device };

    private Errno List(TreePath path, Action<byte[], MemoryNode> add)
    {
        lock (_lock)
        {
            var error = FindDirectory(path, out var directory);
            if (error != Errno.None)
                return error;
            foreach (var (name, node) in directory!.Children!)
                add(name, node);
            return Errno.None;
        }
    }

    private Errno Add(TreePath path, bool replace, Func<MemoryNode> make)
    {
        lock (_lock)
        {
            if (path.IsRoot)
                return replace ? Errno.EBUSY : Errno.EEXIST;
            var error = FindParent(path, out var parent);
            if (error != Errno.None)
                return error;
            if (parent!.Children!.TryGetValue(path.Name.ToArray(), out var old))
            {
                if (!replace || old.Children is not null)
                    return replace ? Errno.EISDIR : Errno.EEXIST;
                LoseName(old);
            }
            parent.Children[path.Name.ToArray()] = make();
            NamesChanged(parent);
            return Errno.None;
        }
    }

    private Errno Remove(TreePath path, Func<MemoryNode, Errno> whyNot)
    {
        lock (_lock)
        {
            if (path.IsRoot)
                return Errno.EBUSY;
            var error = Find(path, out var node);
            if (error == Errno.None)
                error = whyNot(node!);
            if (error != Errno.None)
                return error;
            LoseName(node!);
            FindParent(path, out var parent);
            parent!.Children!.Remove(path.Name.ToArray());
            NamesChanged(parent);
            return Errno.None;
        }
    }

    private sealed class MemorySourceFile(MemoryTree tree, MemoryNode node) : SourceFile
    {
        public override FileStat Stat { get; } = node.Stat;

        public override Errno Read(Span<byte> buffer, long offset, out int read)
        {
            lock (tree._lock)
                read = node.Read(buffer, offset);
            return Errno.None;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
