using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations.Local;

/// <summary>
/// One batch on its way into a directory of this machine: in path order, so that directories exist before what is in them; each swept before it is filled;
/// attributes of directories last, because filling them changes their times.
/// </summary>
/// <param name="asides">Names of our own that are still there: of this batch, or left by one before.</param>
internal sealed class LocalDelivery(
    IFileSource source, IFileTarget target, LocalDestinationOptions options, HashSet<TreePath> asides, PlannedBatch batch, CancellationToken cancellation)
    : IDisposable
{
    private readonly IFileSource _source = LinkedSource.Of(source, batch);
    private readonly List<FailedPath> _failures = [.. batch.Failures];
    private readonly Dictionary<(ulong Device, ulong Inode), TreePath> _linked = [];
    // Which inode of the source each inode stays for: names that came apart while nobody looked may still be one here.
    private readonly Dictionary<(ulong Device, ulong Inode), (ulong Device, ulong Inode)> _kept = [];
    private readonly HashSet<TreePath> _listed = [.. batch.Items.Select(item => item.Path)];
    private readonly List<PlannedItem> _directories = [];
    private readonly List<TreePath> _created = [];
    private readonly List<TreePath> _brought = [];
    private readonly Dictionary<TreePath, (TreePath Name, PlannedRename Rename)> _setAside = [];
    private readonly OrderedDictionary<TreePath, ChangeKind> _changes = [];
    private long _files;
    private long _bytes;

    public Delivery Run()
    {
        // Only what may be deleted may be moved away.
        foreach (var rename in batch.Renames.OrderByDescending(rename => rename.From))
        {
            if (options.Delete && !options.DryRun)
                SetAside(rename);
        }
        ChooseFirstNames();
        foreach (var item in batch.Items.OrderBy(item => item.Path))
        {
            cancellation.ThrowIfCancellationRequested();
            var errno = Apply(item);
            if (errno != Errno.None)
                Fail(item.Path, errno);
        }
        for (var i = _directories.Count - 1; i >= 0; i--)
            Finish(_directories[i]);
        RemoveAsides();
        return new Delivery
        {
            Complaints = [.. asides.Select(aside => $"{aside}: cannot be removed")],
            Failures = _failures,
            Created = _created,
            Brought = _brought,
            Changes = [.. _changes.Select(change => new NameChange(change.Key, change.Value))],
            Files = _files,
            BytesSent = _bytes,
            LiteralBytes = _bytes,
        };
    }

    /// <summary>What was set aside and found no place, because something went wrong, has to be sent again.</summary>
    public void Dispose() => RemoveAsides();

    private void RemoveAsides()
    {
        foreach (var aside in asides.ToList())
            Drop(aside);
    }

    private void Drop(TreePath aside)
    {
        if (target.RemoveTree(aside) is Errno.None or Errno.ENOENT)
            asides.Remove(aside);
    }

    /// <summary>
    /// First everything that is to have another name leaves its old one, the deepest first; each is given its new one in its turn. So it does not matter whether
    /// names were swapped, passed on, or moved into each other. A file with another size or time than the one to come is not the one that is meant.
    /// </summary>
    private void SetAside(PlannedRename rename)
    {
        var wanted = rename.To.Stat;
        if (target.Stat(rename.From, out var there) != Errno.None || there.Kind != wanted.Kind || (there.IsRegular && !IsSameContent(wanted, there)))
            return;
        var aside = AsideName.New();
        if (target.Rename(rename.From, aside) != Errno.None)
            return;
        asides.Add(aside);
        _setAside.Add(rename.To.Path, (aside, rename));
        _listed.Add(aside);
    }

    /// <summary>Of several names of an inode the others are linked to one that is in place already, and stays, if there is one.</summary>
    private void ChooseFirstNames()
    {
        foreach (var item in batch.Items)
        {
            if (item.Action == PlannedAction.Send && item.Stat.IsRegular && item.Stat.LinkCount > 1
                && !batch.Apart.Contains(item.Path) && !batch.InDoubt.Contains(item.Path) && !IsToCome(item.Path)
                && target.Stat(item.Path, out var there) == Errno.None && IsSameContent(item.Stat, there) && there.LinkCount <= item.Stat.LinkCount
                && Keeps(there, item))
                _linked.TryAdd(item.Inode, item.Path);
        }
    }

    private bool Keeps(in FileStat there, PlannedItem item)
    {
        _kept.TryAdd((there.Device, there.Inode), item.Inode);
        return _kept[(there.Device, there.Inode)] == item.Inode;
    }

    /// <summary>It, or a directory that it is in, takes the place of what is there.</summary>
    private bool IsToCome(TreePath path) => _setAside.Count > 0 && (_setAside.ContainsKey(path) || (!path.IsRoot && IsToCome(path.Parent)));

    /// <summary>An equal size and time, to the nanosecond, is taken for an equal content, as rsync takes it.</summary>
    private static bool IsSameContent(in FileStat wanted, in FileStat there) =>
        there.IsRegular && there.Size == wanted.Size && there.Mtime == wanted.Mtime;

    private Errno Place(TreePath path, TreePath aside, PlannedRename rename)
    {
        _setAside.Remove(path);
        var errno = target.Stat(path, out var there);
        if (errno == Errno.None)
            errno = MakeRoom(path, there);
        if (errno is Errno.None or Errno.ENOENT)
            errno = target.Rename(aside, path);
        // Also a name of the same inode, which is not renamed over the other.
        Drop(aside);
        foreach (var unknown in rename.Unknown)
            target.RemoveTree(unknown);
        return errno;
    }

    private Errno Apply(PlannedItem item)
    {
        if (item.Action == PlannedAction.Delete)
            return Remove(item.Path);
        if (_setAside.TryGetValue(item.Path, out var aside) && Place(item.Path, aside.Name, aside.Rename) is not Errno.None and var failed)
            return failed;
        var errno = target.Stat(item.Path, out var there);
        if (errno is not (Errno.None or Errno.ENOENT))
            return errno;
        // An inode with more names than the source's is also somebody else's: it is replaced, not changed. Those of this batch may be linked to it by now.
        var isFirst = _linked.TryGetValue(item.Inode, out var name) && name == item.Path;
        if (!there.IsDirectory && (there.LinkCount > item.Stat.LinkCount || batch.Apart.Contains(item.Path)) && !isFirst)
            there = default;
        if (!item.Stat.IsDirectory && item.Stat.LinkCount > 1)
        {
            if (_linked.TryGetValue(item.Inode, out var first) && first != item.Path)
                return Link(item.Path, first, there);
            _linked[item.Inode] = item.Path;
            if (there.LinkCount > 1 && !Keeps(there, item))
                there = default;
        }
        return item.Stat.Kind switch
        {
            FileKind.Directory => Directory(item, there),
            FileKind.Symlink => Symlink(item, there),
            FileKind.Regular => Regular(item, there),
            _ => Node(item, there),
        };
    }

    private Errno Directory(PlannedItem item, in FileStat there)
    {
        if (!there.IsDirectory)
        {
            if (TellOnly(item.Path, ChangeKind.Send))
                return Errno.None;
            var errno = target.Unlink(item.Path);
            if (errno is Errno.None or Errno.ENOENT)
                errno = target.MakeDirectory(item.Path, 0x1C0);
            if (errno != Errno.None)
                return errno;
            _created.Add(item.Path);
        }
        _directories.Add(item);
        if (item.Action == PlannedAction.Sweep && options.Delete)
            Sweep(item.Path);
        return Errno.None;
    }

    /// <summary>Removes what is not in the batch. Half-written files that an interrupted copy left go the same way.</summary>
    private void Sweep(TreePath directory)
    {
        var entries = new List<DirectoryEntry>();
        var errno = target.List(directory, entries);
        if (errno != Errno.None)
            Fail(directory, errno);
        foreach (var entry in entries)
        {
            var path = directory.Child(entry.Name);
            if (!_listed.Contains(path))
                _ = Remove(path, entry.Kind == FileKind.Directory);
        }
    }

    private Errno Remove(TreePath path, bool isDirectory = false)
    {
        if (!options.Delete || options.Selection.Excludes(path, isDirectory))
            return Errno.None;
        if (options.DryRun)
        {
            TellRemoval(path);
            return Errno.None;
        }
        target.RemoveTree(path, (removed, errno) =>
        {
            if (errno is not (Errno.None or Errno.ENOENT))
                Fail(removed, errno);
            else if (errno == Errno.None)
                Tell(removed, ChangeKind.Delete);
        });
        return Errno.None;
    }

    private void TellRemoval(TreePath path)
    {
        if (target.Stat(path, out var there) != Errno.None)
            return;
        TellOnly(path, ChangeKind.Delete);
        var names = new List<byte[]>();
        if (there.IsDirectory)
            target.List(path, names);
        foreach (var name in names)
            TellRemoval(path.Child(name));
    }

    private Errno Symlink(PlannedItem item, in FileStat there)
    {
        if (!there.IsSymlink || target.ReadLink(item.Path, out var text) != Errno.None || !text.AsSpan().SequenceEqual(item.LinkTarget))
        {
            if (TellOnly(item.Path, ChangeKind.Send))
                return Errno.None;
            var errno = MakeRoom(item.Path, there);
            if (errno == Errno.None)
                errno = target.MakeSymlink(item.Path, item.LinkTarget, replace: true);
            if (errno != Errno.None)
                return errno;
        }
        return SetAttributes(item, there);
    }

    private Errno Regular(PlannedItem item, in FileStat there) =>
        IsSameContent(item.Stat, there) && !batch.InDoubt.Contains(item.Path) ? SetAttributes(item, there) : Copy(item, there);

    private Errno Link(TreePath path, TreePath first, in FileStat there)
    {
        var errno = target.Stat(first, out var leader);
        if (errno == Errno.ENOENT && options.DryRun && TellOnly(path, ChangeKind.Send))
            return Errno.None;
        if (errno != Errno.None || (leader.Device, leader.Inode) == (there.Device, there.Inode))
            return errno;
        if (TellOnly(path, ChangeKind.Send))
            return Errno.None;
        errno = MakeRoom(path, there);
        return errno == Errno.None ? target.MakeLink(path, first, replace: true) : errno;
    }

    private Errno Copy(PlannedItem item, in FileStat there)
    {
        if (TellOnly(item.Path, ChangeKind.Send))
            return Errno.None;
        var errno = _source.Open(item.Path, out var from);
        if (Planner.IsGone(errno))
        {
            _linked.Remove(item.Inode);
            return Errno.None;
        }
        if (errno != Errno.None)
            return errno;
        using (from)
        {
            errno = target.Create(item.Path, out var to);
            if (errno != Errno.None)
                return errno;
            using (to)
            {
                errno = FileCopy.CloneOrCopy(from!, to!, out var copied, cancellation);
                if (errno == Errno.None)
                    errno = to!.SetMetadata(Attributes(item.Stat), out _);
                if (errno == Errno.None)
                    errno = MakeRoom(item.Path, there);
                if (errno == Errno.None)
                    errno = to!.Commit();
                if (errno == Errno.None)
                    _brought.Add(item.Path);
                _files++;
                _bytes += copied;
            }
        }
        return errno;
    }

    private Errno Node(PlannedItem item, in FileStat there)
    {
        var same = there.Kind == item.Stat.Kind && (there.RdevMajor, there.RdevMinor) == (item.Stat.RdevMajor, item.Stat.RdevMinor);
        if (!same)
        {
            if (TellOnly(item.Path, ChangeKind.Send))
                return Errno.None;
            var errno = MakeRoom(item.Path, there);
            if (errno == Errno.None)
                errno = target.MakeNode(item.Path, item.Stat.Mode, item.Stat.RdevMajor, item.Stat.RdevMinor, replace: true);
            if (errno != Errno.None)
                return errno;
        }
        return SetAttributes(item, there);
    }

    /// <summary>Only a directory is in the way of a rename; everything else is replaced in one step.</summary>
    private Errno MakeRoom(TreePath path, in FileStat there) => there.IsDirectory ? target.RemoveTree(path) : Errno.None;

    private void Finish(PlannedItem directory)
    {
        var errno = target.Stat(directory.Path, out var there);
        if (errno == Errno.None)
            errno = SetAttributes(directory, there);
        if (errno is not (Errno.None or Errno.ENOENT))
            Fail(directory.Path, errno);
    }

    private Errno SetAttributes(PlannedItem item, in FileStat there)
    {
        var wanted = item.Stat;
        var same = (there.Mode, there.Uid, there.Gid, there.Mtime) == (wanted.Mode, wanted.Uid, wanted.Gid, wanted.Mtime);
        return same || TellOnly(item.Path, ChangeKind.SetAttributes) ? Errno.None : target.SetMetadata(item.Path, Attributes(wanted), out _);
    }

    private void Tell(TreePath path, ChangeKind kind)
    {
        if (options.NamesChanges)
            _changes.TryAdd(path, kind);
    }

    /// <summary>Names what is about to be done; true in a dry run, which does no more than that.</summary>
    private bool TellOnly(TreePath path, ChangeKind kind)
    {
        Tell(path, kind);
        return options.DryRun;
    }

    private static Metadata Attributes(in FileStat stat) => new() { Uid = stat.Uid, Gid = stat.Gid, Mode = stat.Mode, Mtime = stat.Mtime };

    /// <summary>A full or read-only disk concerns everything that is still to come.</summary>
    private void Fail(TreePath path, Errno errno)
    {
        if (errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EROFS)
            throw new DestinationException($"{options.Name}: {path}: {errno.Describe()}", permanent: false, ExitCode.FileIO);
        _failures.Add(new FailedPath(path, errno.Describe()));
    }
}
