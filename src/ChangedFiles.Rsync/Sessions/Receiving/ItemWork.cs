using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What the generator does about one entry (docs/protocol.md 7.1).</summary>
internal sealed class ItemWork
{
    private readonly Reception _reception;
    private readonly TransferOptions _options;
    private readonly AttributeKeeper _attributes;
    private readonly DirectoryWork _directories;
    private readonly LinkWork _links;
    private readonly FileWork _files;
    private readonly HardLinks _hardLinks;
    private readonly Deleter _deleter;
    private readonly DeletionPass _deletions;
    private readonly Itemizer _itemizer;
    private readonly FileComparison _comparison;
    private readonly bool _incremental;
    private readonly bool _tellsSuccess;
    private FileList.FileList? _whole;
    private TreePath? _skipped;

    public ItemWork(Reception reception)
    {
        (_reception, _options) = (reception, reception.Options);
        _incremental = reception.Session.Terms.Has(CompatFlags.IncrementalRecursion);
        _tellsSuccess = _options is { DryRun: false, Writing.RemoveSourceFiles: true };
        var itemizer = _itemizer = new Itemizer(reception, reception.Session.Writer);
        var comparison = _comparison = new FileComparison(reception, itemizer);
        var alternates = new Alternates(reception, itemizer, comparison);
        var backups = reception.Backups;
        _attributes = new AttributeKeeper(reception, itemizer, "generator");
        _deleter = new Deleter(reception, backups);
        _deletions = new DeletionPass(reception, _deleter);
        var way = new WayClearer(reception, _deleter);
        _hardLinks = new HardLinks(reception, itemizer, way, alternates);
        _directories = new DirectoryWork(reception, itemizer, _attributes, way, alternates);
        _links = new LinkWork(reception, itemizer, _attributes, way, alternates, backups);
        _files = new FileWork(reception, itemizer, _attributes, way, _hardLinks, alternates, backups, comparison);
    }

    /// <summary>Some deletions come after everything else.</summary>
    public bool IsLate => _deletions.IsLate;

    /// <summary>A list is begun; an incremental one with its directory.</summary>
    public void Begin(WorkList work)
    {
        if (!_incremental)
            _whole = work.List;
        if (!_incremental && !_options.ListOnly)
            _deletions.Before(work.List);
        if (_incremental && work.Directory is { } directory)
            Enter(new Item(directory, work.List.Start - 1, work, _reception.PathOf(directory)));
    }

    public void Handle(in Item item)
    {
        HandleEntry(item);
        if (item.Entry.Links is { } links)
            TryOthers(links, item.Index);
    }

    /// <summary>The last member of a group was passed over, or could not be had: one of those that wait comes in its place.</summary>
    private void TryOthers(HardLinkGroup links, int index)
    {
        while (_hardLinks.NextCandidate(links, index) is { } next)
            HandleOther(next);
    }

    private void HandleEntry(in Item item)
    {
        var entry = item.Entry;
        if (_options.ListOnly)
            List(entry, isOwnSlot: _incremental);
        else if (item.Work.IsSkipped || IsBelowSkipped(entry))
            entry.Marks |= EntryMarks.Missing;
        else if (entry.IsMissing)
            DeleteNamed(item);
        else if (entry.IsDirectory)
            HandleDirectory(item);
        else
            HandleOther(item);
    }

    /// <summary>A request was answered, or cannot be.</summary>
    public void Finished(PendingRequest request, bool isThere)
    {
        request.Work.Outstanding--;
        if (!isThere)
        {
            if (request.Entry.Links is { } links && _hardLinks.Failed(links))
                TryOthers(links, links.LastIndex);
            return;
        }
        Succeeded(request.Entry, request.Index, request.Path);
    }

    /// <summary>Asks once more for a file that came wrong.</summary>
    public void RequestAgain(PendingRequest request) => _files.RequestAgain(request);

    /// <summary>Everything in the directory is in its place.</summary>
    public void LeaveDirectory(WorkList work)
    {
        if (work.Directory is { } directory && work.IsTouched && !IsLate)
            _directories.RestoreTimes(directory);
        else if (work.Directory is { } later && IsLate)
            _directories.RestoreLater(later);
    }

    /// <summary>Everything has been received.</summary>
    public void Finish()
    {
        if (_options.ListOnly)
            return;
        _deletions.After(_whole);
        _directories.RestoreAll();
    }

    private void Enter(in Item item)
    {
        if (_options.ListOnly)
            List(item.Entry, isOwnSlot: false);
        else if (item.Entry.Marks.HasFlag(EntryMarks.Missing))
            item.Work.IsSkipped = true;
        else
            item.Work.IsSkipped = !_directories.Handle(item);
        if (!_options.ListOnly && !item.Work.IsSkipped && _deletions.During(item.Entry, item.Work))
            item.Work.IsTouched = true;
    }

    private void HandleDirectory(in Item item)
    {
        if (_incremental)
            _directories.MakeAhead(item);
        else if (_directories.Handle(item))
            _deletions.During(item.Entry, item.Work);
        else
            _skipped = item.Entry.Path;
    }

    private void HandleOther(in Item item)
    {
        var (entry, selection) = (item.Entry, _options.Selection);
        var stat = default(FileStat);
        var error = item.Work.IsAbsent ? Errno.ENOENT : _reception.Target.Stat(item.Path, out stat);
        // In a dry run something may still be there that would have become a directory.
        if (error is not (Errno.None or Errno.ENOENT) && !(error == Errno.ENOTDIR && _options.DryRun))
        {
            _reception.Complain("generator", "recv_generator: failed to stat", item.Path, error, "");
            return;
        }
        FileStat? present = error == Errno.None ? stat : null;
        if (present is null && selection.Existing)
        {
            Skip(Messages.NotCreatingNew("file", Reception.Text(entry.Path)));
            return;
        }
        // Nobody else makes them. What fails fails once more when the file is made, and is told then.
        if (present is null && selection is { Relative: true, ImpliedDirs: false } && !_options.DryRun)
            _reception.MakeParents(item.Path);
        if (present is { } existing && selection.IgnoreExisting)
        {
            Skip(Messages.Exists(Reception.Text(entry.Path), _reception.Half.Report.Info[InfoFlag.Skip] > 1 ? Difference(item, existing) : null));
            return;
        }
        _attributes.DecideMode(item.Path, entry, stat, exists: present is { } here && IsReplaced(here, entry));
        if (_hardLinks.Handle(item, present))
            return;
        var isInPlace = entry.IsRegular && _files.Handle(item, present);
        if (!entry.IsRegular && !_links.Handle(item, present, out isInPlace) && _reception.Half.Report.Info[InfoFlag.Nonreg] > 0)
            _reception.Session.Say(MessageCode.Info, Messages.SkippingNonRegular(Reception.Text(entry.Path)));
        if (isInPlace)
            Succeeded(entry, item.Index, item.Path);
    }

    /// <summary>A file whose permissions an entry takes over, without -p: regular files only from their kind, others also from another one, as in stock.</summary>
    private static bool IsReplaced(in FileStat present, FileEntry entry) => entry.IsRegular ? present.IsRegular : !present.IsDirectory;

    private string Difference(in Item item, in FileStat stat)
    {
        if (stat.Kind != item.Entry.Kind)
            return "type change";
        if (item.Entry.IsRegular && !_comparison.IsSame(item.Entry, stat, _reception.Target, item.Path))
            return _options.Comparison.Checksum ? "sum change" : "file change";
        return (_itemizer.Compare(item, stat, ItemFlags.None) & ItemFlags.OnWire & ~ItemFlags.NotSignificant) != 0 ? "attr change" : "uptodate";
    }

    private void Succeeded(FileEntry entry, int index, TreePath path)
    {
        _hardLinks.Finished(entry, path);
        if (_tellsSuccess)
            TellSuccess(index, path);
    }

    /// <summary>In a local copy the sender also learns which inode it is, as that may be its own.</summary>
    private void TellSuccess(int index, TreePath path)
    {
        var writer = _reception.Session.Writer;
        if (_reception.Session.Terms.IsLocal && _reception.Target.Stat(path, out var stat) == Errno.None)
            writer.WriteMessage(MessageCode.Success, new PlacedItem(index, stat.Device, stat.Inode).ToBytes());
        else
            writer.WriteMessage(MessageCode.Success, index);
    }

    /// <summary>A name that the sender's user gave and that is not there any more (10.6).</summary>
    private void DeleteNamed(in Item item)
    {
        if (_reception.Target.Stat(item.Path, out var stat) != Errno.None || !_deleter.IsUnprotected(item.Path, stat.IsDirectory))
            return;
        item.Work.IsTouched = true;
        _deleter.Delete(item.Path, stat.IsDirectory, _deleter.Recurses);
    }

    private void Skip(string text)
    {
        if (_reception.Half.Report.Info[InfoFlag.Skip] > 0)
            _reception.Session.Say(MessageCode.Info, text);
    }

    private bool IsBelowSkipped(FileEntry entry)
    {
        if (_skipped is not { } skipped)
            return false;
        if (entry.Path.IsBelow(skipped))
            return true;
        _skipped = null;
        return false;
    }

    // In an incremental list a directory's own slot says nothing yet: it is listed before its contents.
    private void List(FileEntry entry, bool isOwnSlot)
    {
        if (!entry.IsDirectory || !isOwnSlot)
            _reception.Tell(_reception.Events.OnListed, entry);
    }
}
