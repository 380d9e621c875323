using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Directories: made and reported before what is in them, given their times back after it.</summary>
internal sealed class DirectoryWork(
    Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way, Alternates alternates)
{
    private readonly TransferOptions _options = reception.Options;
    private readonly bool _incremental = reception.Session.Terms.Has(CompatFlags.IncrementalRecursion);
    private readonly List<FileEntry> _entered = [];

    /// <summary>
    /// In its parent's list an incremental directory is only made, so that the parent is finished early. The rest comes with its own list.
    /// </summary>
    public void MakeAhead(in Item item)
    {
        var error = Stat(item, out var stat);
        if ((error == Errno.None && stat.IsDirectory) || error == Errno.EXDEV)
            return;
        if (error != Errno.None && _options.Selection.Existing)
        {
            Leave(item);
            return;
        }
        if (error == Errno.None && (_options.Selection.IgnoreExisting || !way.Clear(item, stat, "directory")))
            return;
        if (_options.DryRun)
            return;
        item.Work.IsTouched = true;
        // One that is left alone has the usual rights; others get theirs later.
        var rights = IsLeftAlone(item.Entry) ? 0x1FF : item.Entry.Permissions & FileStat.OwnerAll;
        if (reception.Target.MakeDirectory(item.Path, rights) == Errno.None)
            item.Entry.Marks |= EntryMarks.Made;
    }

    /// <summary>Makes, reports and adjusts a directory. False when it cannot be had: what is in it is passed over.</summary>
    public bool Handle(in Item item)
    {
        var entry = item.Entry;
        if (IsLeftAlone(entry))
            return true;
        var error = Stat(item, out var stat);
        if (error == Errno.EXDEV)
        {
            Fail(item, Errno.ELOOP);
            return false;
        }
        var exists = error == Errno.None;
        if (!exists && _options.Selection.Existing)
        {
            Leave(item);
            return false;
        }
        if (exists && !stat.IsDirectory)
        {
            if (_options.Selection.IgnoreExisting)
                return SayExists(entry);
            if (!way.Clear(item, stat, "directory"))
                return false;
            exists = false;
        }
        var isNew = !exists || entry.Marks.HasFlag(EntryMarks.Made);
        attributes.DecideMode(item.Path, entry, stat, exists: !isNew);
        if (!exists && !_options.DryRun && !Make(item))
            return false;
        if (isNew && !_options.DryRun)
            attributes.KeepInheritedBits(item.Path, entry);
        Report(item, isNew, stat);
        if (_options.DryRun)
        {
            item.Work.IsAbsent = _incremental && error == Errno.ENOENT;
            return true;
        }
        if (isNew)
            attributes.SetNew(item.Path, entry);
        else
            attributes.Update(item.Path, entry, stat);
        if (isNew)
            item.Work.IsTouched = true;
        if (EnsureUsable(entry, item.Path))
            item.Work.IsTouched = true;
        if (!_incremental)
            _entered.Add(entry);
        return true;
    }

    /// <summary>The times again, which everything that was made inside has changed.</summary>
    public void RestoreTimes(FileEntry entry)
    {
        if (_options.DryRun || entry.Marks.HasFlag(EntryMarks.Missing) || IsLeftAlone(entry))
            return;
        var path = reception.PathOf(entry);
        if (reception.Target.Stat(path, out var stat) == Errno.None && stat.IsDirectory)
            attributes.Restore(path, entry, stat);
    }

    /// <summary>Deletions are still to come: its times are restored with <see cref="RestoreAll"/>.</summary>
    public void RestoreLater(FileEntry entry) => _entered.Add(entry);

    /// <summary>The same for a list that came in one piece.</summary>
    public void RestoreAll()
    {
        foreach (var entry in _entered)
            RestoreTimes(entry);
    }

    /// <summary>With <c>--no-implied-dirs</c> only what is in it counts.</summary>
    private bool IsLeftAlone(FileEntry entry) => entry.Content == DirectoryContent.Implied && !_options.Selection.ImpliedDirs;

    private void Report(in Item item, bool isNew, in FileStat stat)
    {
        if (!isNew)
        {
            itemizer.Report(item, itemizer.Compare(item, stat, ItemFlags.None));
            return;
        }
        // One that is in an alternate directory as it is does not count as new.
        var alternate = alternates.Any ? alternates.Find(item) : default;
        if (alternate.Match != AlternateMatch.None && _options is { DryRun: false, Preserve.Xattrs: > 0 })
            attributes.SetXattrs(item.Path, item.Entry);
        if (alternate.Match >= AlternateMatch.Exact)
        {
            itemizer.ReportUnchanged(item, ItemFlags.LocalChange);
            reception.SayPresent(item.Entry);
            return;
        }
        itemizer.Report(item, alternate.Match == AlternateMatch.None
            ? ItemFlags.LocalChange | itemizer.NewFlags(item.Entry)
            : itemizer.Compare(item, alternate.Stat, ItemFlags.LocalChange, file: alternate.File));
    }

    /// <summary>With <c>-K</c> a link to a directory is as good as one, and on the way to what is in it if it is left alone.</summary>
    private Errno Stat(in Item item, out FileStat stat)
    {
        var error = reception.Target.Stat(item.Path, out stat);
        if (error == Errno.None && stat.IsSymlink && (_options.Selection.KeepDirlinks || IsLeftAlone(item.Entry))
            && (error = reception.Target.StatThrough(item.Path, out var end)) == Errno.None && end.IsDirectory)
            stat = end;
        return error == Errno.EXDEV ? error : stat.IsSymlink ? Errno.None : error;
    }

    // What is in it then fails by itself, as it does in stock rsync.
    private bool SayExists(FileEntry entry)
    {
        if (reception.Half.Report.Info[InfoFlag.Skip] > 0)
            reception.Session.Say(MessageCode.Info, Messages.Exists(Reception.Text(entry.Path)));
        return true;
    }

    private void Leave(in Item item)
    {
        item.Entry.Marks |= EntryMarks.Missing;
        if (reception.Half.Report.Info[InfoFlag.Skip] > 0)
            reception.Session.Say(MessageCode.Info, Messages.NotCreatingNew("directory", Reception.Text(item.Entry.Path)));
    }

    private bool Make(in Item item)
    {
        var error = reception.Target.MakeDirectory(item.Path, item.Entry.Permissions);
        if (error == Errno.ENOENT && _options.Selection.Relative)
            error = reception.MakeParents(item.Path) ?? reception.Target.MakeDirectory(item.Path, item.Entry.Permissions);
        if (error is Errno.None or Errno.EEXIST)
            return true;
        Fail(item, error);
        return false;
    }

    private void Fail(in Item item, Errno error)
    {
        reception.Complain("generator", "recv_generator: mkdir", item.Path, error);
        reception.Session.Say(MessageCode.Error, "*** Skipping any contents from this failed directory ***");
    }

    /// <summary>Without root's rights a directory without rwx cannot be filled; it gets its permissions when it is left.</summary>
    private bool EnsureUsable(FileEntry entry, TreePath path)
    {
        if (reception.IsSuper || (entry.Mode & FileStat.OwnerAll) == FileStat.OwnerAll)
            return false;
        var error = reception.Target.SetMetadata(path, new Metadata { Mode = entry.Mode | FileStat.OwnerAll }, out _);
        if (error != Errno.None)
            reception.Complain("generator", "failed to modify permissions on", path, error, "");
        return true;
    }
}
