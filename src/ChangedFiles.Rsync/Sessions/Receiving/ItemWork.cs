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
    private readonly Itemizer _itemizer;
    private readonly AttributeKeeper _attributes;
    private readonly DirectoryWork _directories;
    private readonly LinkWork _links;
    private readonly FileWork _files;
    private readonly bool _incremental;
    private TreePath? _skipped;

    public ItemWork(Reception reception)
    {
        (_reception, _options) = (reception, reception.Options);
        _incremental = reception.Session.Terms.Has(CompatFlags.IncrementalRecursion);
        _itemizer = new Itemizer(reception, reception.Session.Writer);
        _attributes = new AttributeKeeper(reception, _itemizer, "generator");
        var way = new WayClearer(reception);
        _directories = new DirectoryWork(reception, _itemizer, _attributes, way);
        _links = new LinkWork(reception, _itemizer, _attributes, way);
        _files = new FileWork(reception, _itemizer, _attributes, way);
    }

    /// <summary>The directory of an incremental list, before what is in it.</summary>
    public void EnterDirectory(in Item item)
    {
        if (_options.ListOnly)
            List(item.Entry, isOwnSlot: false);
        else if (!item.Entry.Marks.HasFlag(EntryMarks.Missing) || _options.DryRun)
            item.Work.IsSkipped = !_directories.Handle(item);
        else
            item.Work.IsSkipped = true;
    }

    public void Handle(in Item item)
    {
        var entry = item.Entry;
        if (_options.ListOnly)
            List(entry, isOwnSlot: _incremental);
        else if (item.Work.IsSkipped || IsBelowSkipped(entry))
            entry.Marks |= EntryMarks.Missing;
        else if (entry.IsDirectory)
            HandleDirectory(item);
        else
            HandleOther(item);
    }

    /// <summary>A request was answered, or cannot be.</summary>
    public static void Finished(PendingRequest request, bool isThere)
    {
        request.Work.Outstanding--;
        _ = isThere;
    }

    /// <summary>Asks once more for a file that came wrong.</summary>
    public void RequestAgain(PendingRequest request) => _files.RequestAgain(request);

    /// <summary>Everything in the directory is in its place.</summary>
    public void LeaveDirectory(WorkList work)
    {
        if (work.Directory is { } directory && work.IsTouched)
            _directories.RestoreTimes(directory);
    }

    /// <summary>Everything is in its place.</summary>
    public void Finish()
    {
        if (!_incremental)
            _directories.RestoreAll();
    }

    private void HandleDirectory(in Item item)
    {
        if (_incremental)
            _directories.MakeAhead(item);
        else if (!_directories.Handle(item))
            _skipped = item.Entry.Path;
    }

    private void HandleOther(in Item item)
    {
        var entry = item.Entry;
        var error = _reception.Target.Stat(item.Path, out var stat);
        if (error is not (Errno.None or Errno.ENOENT or Errno.ENOTDIR))
        {
            _reception.Complain("generator", "recv_generator: failed to stat", item.Path, error, "");
            return;
        }
        FileStat? present = error == Errno.None ? stat : null;
        _attributes.DecideMode(entry, stat, exists: present is { IsDirectory: false });
        if (entry.IsRegular)
            _files.Handle(item, present);
        else if (!_links.Handle(item, present) && _reception.Half.Report.Info[InfoFlag.Nonreg] > 0)
            _reception.Session.Say(MessageCode.Info, Messages.SkippingNonRegular(Reception.Text(entry.Path)));
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
