using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Directories: made and reported before what is in them, given their times back after it.</summary>
internal sealed class DirectoryWork(Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way)
{
    private readonly TransferOptions _options = reception.Options;
    private readonly List<FileEntry> _entered = [];

    /// <summary>
    /// In its parent's list an incremental directory is only made, so that the parent is finished early. The rest comes with its own list.
    /// </summary>
    public void MakeAhead(in Item item)
    {
        var error = reception.Target.Stat(item.Path, out var stat);
        if (error == Errno.None && (stat.IsDirectory || !way.Clear(item.Path, stat, "directory")))
            return;
        if (_options.DryRun)
            return;
        item.Work.IsTouched = true;
        if (reception.Target.MakeDirectory(item.Path, item.Entry.Permissions & FileStat.OwnerAll) == Errno.None)
            item.Entry.Marks |= EntryMarks.Made;
    }

    /// <summary>Makes, reports and adjusts a directory. False when it cannot be had: what is in it is passed over.</summary>
    public bool Handle(in Item item)
    {
        var entry = item.Entry;
        var error = reception.Target.Stat(item.Path, out var stat);
        var exists = error == Errno.None;
        if (exists && !stat.IsDirectory)
        {
            if (!way.Clear(item.Path, stat, "directory"))
                return false;
            exists = false;
        }
        var isNew = !exists || entry.Marks.HasFlag(EntryMarks.Made);
        attributes.DecideMode(entry, stat, exists: !isNew);
        if (!exists && !_options.DryRun && !Make(item))
            return false;
        var flags = isNew ? ItemFlags.LocalChange | ItemFlags.IsNew : itemizer.Compare(entry, stat, ItemFlags.None);
        itemizer.Report(item, flags);
        if (_options.DryRun)
            return true;
        if (isNew)
            attributes.SetNew(item.Path, entry);
        else
            attributes.Update(item.Path, entry, stat);
        if (isNew || flags != ItemFlags.None)
            item.Work.IsTouched = true;
        EnsureUsable(entry, item.Path);
        _entered.Add(entry);
        return true;
    }

    /// <summary>The times again, which everything that was made inside has changed.</summary>
    public void RestoreTimes(FileEntry entry)
    {
        if (_options.DryRun || entry.Marks.HasFlag(EntryMarks.Missing))
            return;
        var path = reception.PathOf(entry);
        if (reception.Target.Stat(path, out var stat) == Errno.None && stat.IsDirectory)
            attributes.Update(path, entry, stat, exactTimes: true);
    }

    /// <summary>The same for a list that came in one piece.</summary>
    public void RestoreAll()
    {
        foreach (var entry in _entered)
            RestoreTimes(entry);
    }

    private bool Make(in Item item)
    {
        var error = reception.Target.MakeDirectory(item.Path, item.Entry.Permissions);
        if (error is Errno.None or Errno.EEXIST)
            return true;
        reception.Complain("generator", "recv_generator: mkdir", item.Path, error);
        reception.Session.Say(MessageCode.Error, "*** Skipping any contents from this failed directory ***");
        return false;
    }

    /// <summary>Without root's rights a directory without rwx cannot be filled; it gets its permissions when it is left.</summary>
    private void EnsureUsable(FileEntry entry, TreePath path)
    {
        if (reception.IsSuper || (entry.Mode & FileStat.OwnerAll) == FileStat.OwnerAll)
            return;
        reception.Target.SetMetadata(path, new Metadata { Mode = entry.Mode | FileStat.OwnerAll }, out _);
    }
}
