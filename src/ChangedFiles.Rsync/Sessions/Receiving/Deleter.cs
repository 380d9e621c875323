using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What became of something that was to be deleted.</summary>
internal enum Deletion
{
    Done,
    Failed,

    /// <summary>A directory that something is left in.</summary>
    NotEmpty,

    /// <summary>The limit of deletions was reached.</summary>
    Limit,
}

/// <summary>Removes names, by the rules that protect some of them, and tells of each (docs/protocol.md 10.1 to 10.5).</summary>
internal sealed class Deleter
{
    private readonly Reception _reception;
    private readonly DeletionOptions _options;
    private readonly bool _isDry;
    private readonly FilterLookup _filters;
    private readonly BackupStore? _backups;
    private readonly byte[]? _partialDir;
    private readonly int _oneFileSystem;
    private HashSet<ulong>? _topDevices;
    private ulong _device;
    private long _deleted;
    private int _skipped;
    private bool _hasWarned;

    public Deleter(Reception reception, BackupStore? backups)
    {
        (_reception, _options, _isDry, _backups) = (reception, reception.Options.Deletion, reception.Options.DryRun, backups);
        _filters = new FilterLookup(reception.Half.Filters.OpenTelling(
            FilterSide.Receiver, new FilterTree { Source = reception.Target },
            reception.Half.Report.Debug[DebugFlag.Filter] > 0 ? text => reception.Session.Say(MessageCode.Info, text) : null));
        _oneFileSystem = reception.Options.Selection.OneFileSystem;
        if (reception.Options.Writing.EffectivePartialDir is { } partial && !partial.StartsWith('/'))
            _partialDir = ArgumentText.Encode(partial.TrimEnd('/'));
    }

    /// <summary>A non-empty directory may go.</summary>
    public bool Recurses => _options.Force || _options.Mode != DeleteMode.None;

    /// <summary>False when errors forbid deletion (10.3).</summary>
    public bool MayDelete(int ioError)
    {
        if ((ioError & IoErrors.General) == 0 || _options.IgnoreErrors)
            return true;
        if (!_hasWarned)
            _reception.Session.Say(MessageCode.Info, Messages.SkippingDeletion);
        _hasWarned = true;
        return false;
    }

    /// <summary>With <c>-x</c> nothing is deleted on other file systems than those of the top directories.</summary>
    public bool Reaches(FileEntry directory)
    {
        if (_oneFileSystem == 0 || _reception.Target.Stat(directory.Path, out var stat) != Errno.None)
            return true;
        if (directory.Content == DirectoryContent.Top)
            (_topDevices ??= []).Add(stat.Device);
        else if (_topDevices?.Contains(stat.Device) != true)
            return false;
        _device = stat.Device;
        return true;
    }

    /// <summary>Names in a directory that are not listed and not protected, in the order in which they go: last first.</summary>
    public List<Extraneous> FindExtraneous(TreePath directory, FileList.FileList list)
    {
        var found = Children(directory, beingDeleted: false, out _);
        found.RemoveAll(child => list.Contains(child.Path));
        return found;
    }

    /// <summary>Deletes something that is not wanted any more, directories with what is in them.</summary>
    public Deletion Delete(TreePath path, bool isDirectory, bool recurses = true)
    {
        var result = isDirectory && recurses ? DeleteContents(path) : Deletion.Done;
        if (result is Deletion.NotEmpty)
            return result;
        if (IsAtLimit)
        {
            _skipped++;
            return Deletion.Limit;
        }
        FileStat stat = default;
        if (!isDirectory)
            _reception.Target.Stat(path, out stat);
        result = Remove(path, isDirectory, stat);
        if (result == Deletion.Done)
            Tell(path, isDirectory ? (uint)FileKind.Directory : stat.Mode);
        return result;
    }

    /// <summary>Removes what stands in another thing's way; it is not reported, but what was in it is.</summary>
    public bool Clear(TreePath path, in FileStat present)
    {
        if (present.IsDirectory && Recurses && DeleteContents(path) is Deletion.NotEmpty)
            return false;
        return Remove(path, present.IsDirectory, present) == Deletion.Done;
    }

    /// <summary>The protecting rules let a name go.</summary>
    public bool IsUnprotected(TreePath path, bool isDirectory) => _filters.Check(path, isDirectory).IsIncluded;

    /// <summary>Says what the limit held back.</summary>
    public void Finish()
    {
        if (_skipped == 0)
            return;
        _reception.Session.Say(MessageCode.Warning, Messages.DeletionsStopped(_skipped));
        _reception.AddIoError(IoErrors.DeletionLimit);
    }

    private Deletion DeleteContents(TreePath directory)
    {
        var children = Children(directory, beingDeleted: true, out var isPinned);
        foreach (var (path, isDirectory) in children)
        {
            // As stock does: one that cannot be emptied is deleted all the same, which fails, and is said twice.
            if (isDirectory && DeleteContents(path) != Deletion.Done)
                isPinned = true;
            if (Delete(path, isDirectory, recurses: false) != Deletion.Done)
                isPinned = true;
        }
        return isPinned ? SayNotEmpty(directory) : Deletion.Done;
    }

    private bool IsAtLimit => _options.MaxDelete is { } most && _deleted >= most;

    private Deletion Remove(TreePath path, bool isDirectory, in FileStat stat)
    {
        if (_isDry)
            return isDirectory && !Recurses && !IsEmpty(path) ? SayNotEmpty(path) : Deletion.Done;
        var target = _reception.Target;
        if (!isDirectory && _backups?.IsWanted(path) == true)
            return _backups.Save(path, stat, moves: true) ? Deletion.Done : Deletion.Failed;
        var error = isDirectory ? target.RemoveDirectory(path) : target.Unlink(path);
        if (error is Errno.None or Errno.ENOENT)
            return Deletion.Done;
        if (error is Errno.ENOTEMPTY or Errno.EEXIST)
            return SayNotEmpty(path);
        var call = isDirectory ? "rmdir" : "unlink";
        _reception.Session.Say(MessageCode.ErrorXfer,
            $"rsync: [generator] delete_file: {call}({Reception.Text(path)}) failed: {Reception.Reason(error)}");
        return Deletion.Failed;
    }

    private bool IsEmpty(TreePath directory)
    {
        var names = new List<byte[]>();
        return _reception.Target.List(directory, names) != Errno.None || names.Count == 0;
    }

    private Deletion SayNotEmpty(TreePath path)
    {
        _reception.Session.Say(MessageCode.Info, Messages.CannotDeleteNonEmpty(Reception.Text(path)));
        return Deletion.NotEmpty;
    }

    private void Tell(TreePath path, uint mode)
    {
        _deleted++;
        _reception.Stats.Deleted = _reception.Stats.Deleted.Add(mode);
        var isDirectory = (FileKind)(mode & 0xF000) == FileKind.Directory;
        if (_reception.Session.IsServer)
            _reception.Session.Writer.PostOrSend(MessageCode.Deleted, isDirectory ? [.. path.Bytes, 0] : path.Bytes.ToArray());
        _reception.Tell(_reception.Events.OnDeleted, new ItemReport { Name = path.Memory, Mode = mode, Flags = ItemFlags.Deleted });
    }

    /// <summary>What is in a directory and not protected, sorted as lists are, the last first.</summary>
    /// <param name="isPinned">Something else is in it.</param>
    private List<Extraneous> Children(TreePath directory, bool beingDeleted, out bool isPinned)
    {
        isPinned = false;
        var entries = new List<DirectoryEntry>();
        var found = new List<Extraneous>();
        var error = _reception.Target.List(directory, entries);
        if (error is not (Errno.None or Errno.ENOENT) && !_isDry)
            _reception.Complain("generator", "opendir", directory, error);
        foreach (var entry in entries)
        {
            var path = directory.Child(entry.Name);
            var kind = entry.Kind;
            if (kind == FileKind.None && _reception.Target.Stat(path, out var stat) == Errno.None)
                kind = stat.Kind;
            var isMount = _oneFileSystem > 0 && kind == FileKind.Directory && IsMountPoint(path);
            if (isMount && _oneFileSystem > 1)
                SayMount(Messages.SkippingMount("generator", Reception.Text(path)));
            else if (IsProtected(path, kind == FileKind.Directory, beingDeleted))
                isPinned = true;
            else if (!isMount)
                found.Add(new Extraneous(path, kind == FileKind.Directory));
            else if (beingDeleted)
                isPinned = true;
            else
                SayMount(Messages.CannotDeleteMount(Reception.Text(path)));
        }
        found.Sort(static (one, other) =>
            FileOrder.Compare(other.Path.Bytes, other.IsDirectory, false, one.Path.Bytes, one.IsDirectory, false));
        return found;
    }

    private bool IsMountPoint(TreePath path) =>
        _reception.Target.Stat(path, out var stat) == Errno.None && stat.Device != _device;

    private void SayMount(string text)
    {
        if (_reception.Half.Report.Info[InfoFlag.Mount] > 0)
            _reception.Session.Say(MessageCode.Info, text);
    }

    private bool IsProtected(TreePath path, bool isDirectory, bool beingDeleted)
    {
        if (isDirectory && !beingDeleted && _partialDir is not null && path.Name.SequenceEqual(_partialDir))
            return true;
        return _filters.Check(path, isDirectory, beingDeleted).IsExcluded;
    }
}

/// <summary>A name that is at the destination only.</summary>
internal sealed record Extraneous(TreePath Path, bool IsDirectory);
