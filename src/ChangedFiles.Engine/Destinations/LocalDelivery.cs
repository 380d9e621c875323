using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// One batch on its way into a directory of this machine: in path order, so that directories exist before what is in them; each swept before it is filled;
/// attributes of directories last, because filling them changes their times.
/// </summary>
internal sealed class LocalDelivery(
    IFileSource source, IFileTarget target, LocalDestinationOptions options, PlannedBatch batch, CancellationToken cancellation) : IDisposable
{
    private readonly List<FailedPath> _failures = [.. batch.Failures];
    private readonly Dictionary<(ulong Device, ulong Inode), TreePath> _linked = [];
    private readonly HashSet<TreePath> _listed = [.. batch.Items.Select(item => item.Path)];
    private readonly List<PlannedItem> _directories = [];
    private readonly List<TreePath> _created = [];
    private readonly List<ForeseenChange> _foreseen = [];
    private long _files;
    private long _bytes;

    public Delivery Run()
    {
        foreach (var item in batch.Items.OrderBy(item => item.Path))
        {
            cancellation.ThrowIfCancellationRequested();
            var errno = Apply(item);
            if (errno != Errno.None)
                Fail(item.Path, errno);
        }
        for (var i = _directories.Count - 1; i >= 0; i--)
            Finish(_directories[i]);
        return new Delivery { Failures = _failures, Created = _created, Foreseen = _foreseen, Files = _files, BytesSent = _bytes, LiteralBytes = _bytes };
    }

    public void Dispose() => _listed.Clear();

    private Errno Apply(PlannedItem item)
    {
        if (item.Action == PlannedAction.Delete)
            return Remove(item.Path);
        var errno = target.Stat(item.Path, out var there);
        if (errno is not (Errno.None or Errno.ENOENT))
            return errno;
        // An inode with more names than the source's is also somebody else's: it is replaced, not changed.
        if (!there.IsDirectory && there.LinkCount > item.Stat.LinkCount)
            there = default;
        if (!item.Stat.IsDirectory && item.Stat.LinkCount > 1)
        {
            if (_linked.TryGetValue((item.Stat.Device, item.Stat.Inode), out var first))
                return Link(item.Path, first, there);
            _linked.Add((item.Stat.Device, item.Stat.Inode), item.Path);
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
            if (Foresee(item.Path, ForeseenAction.Send))
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
        if (options.DryRun && target.Stat(path, out _) == Errno.ENOENT || Foresee(path, ForeseenAction.Delete))
            return Errno.None;
        target.RemoveTree(path, (removed, errno) =>
        {
            if (errno is not (Errno.None or Errno.ENOENT))
                Fail(removed, errno);
        });
        return Errno.None;
    }

    private Errno Symlink(PlannedItem item, in FileStat there)
    {
        if (!there.IsSymlink || target.ReadLink(item.Path, out var text) != Errno.None || !text.AsSpan().SequenceEqual(item.LinkTarget))
        {
            if (Foresee(item.Path, ForeseenAction.Send))
                return Errno.None;
            var errno = MakeRoom(item.Path, there);
            if (errno == Errno.None)
                errno = target.MakeSymlink(item.Path, item.LinkTarget, replace: true);
            if (errno != Errno.None)
                return errno;
        }
        return SetAttributes(item, there);
    }

    /// <summary>An equal size and time, to the nanosecond, is taken for an equal content, as rsync takes it.</summary>
    private Errno Regular(PlannedItem item, in FileStat there) =>
        there.IsRegular && there.Size == item.Stat.Size && there.Mtime == item.Stat.Mtime ? SetAttributes(item, there) : Copy(item, there);

    private Errno Link(TreePath path, TreePath first, in FileStat there)
    {
        var errno = target.Stat(first, out var leader);
        if (errno == Errno.ENOENT && Foresee(path, ForeseenAction.Send))
            return Errno.None;
        if (errno != Errno.None || (leader.Device, leader.Inode) == (there.Device, there.Inode))
            return errno;
        if (Foresee(path, ForeseenAction.Send))
            return Errno.None;
        errno = MakeRoom(path, there);
        return errno == Errno.None ? target.MakeLink(path, first, replace: true) : errno;
    }

    private Errno Copy(PlannedItem item, in FileStat there)
    {
        if (Foresee(item.Path, ForeseenAction.Send))
            return Errno.None;
        var errno = source.Open(item.Path, out var from);
        if (Planner.IsGone(errno))
            return Errno.None;
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
            if (Foresee(item.Path, ForeseenAction.Send))
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
        return same || Foresee(item.Path, ForeseenAction.SetAttributes) ? Errno.None : target.SetMetadata(item.Path, Attributes(wanted), out _);
    }

    /// <summary>True in a dry run, which only writes down what would happen.</summary>
    private bool Foresee(TreePath path, ForeseenAction action)
    {
        if (options.DryRun)
            _foreseen.Add(new ForeseenChange(path, action));
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
