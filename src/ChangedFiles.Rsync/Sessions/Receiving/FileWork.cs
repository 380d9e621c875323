using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Regular files: the quick check, the choice of a basis, the request (docs/protocol.md 7.1 to 7.3).</summary>
internal sealed class FileWork
{
    private readonly Reception _reception;
    private readonly TransferOptions _options;
    private readonly Itemizer _itemizer;
    private readonly AttributeKeeper _attributes;
    private readonly WayClearer _way;
    private readonly HardLinks _links;
    private readonly Alternates _alternates;
    private readonly BackupStore? _backups;
    private readonly FileComparison _comparison;
    private readonly RequestWriter _requests;
    private readonly FuzzySearch? _fuzzy;
    private readonly PartialStore? _partials;

    public FileWork(
        Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way, HardLinks links,
        Alternates alternates, BackupStore? backups, FileComparison comparison)
    {
        (_reception, _options, _itemizer, _attributes, _way) = (reception, reception.Options, itemizer, attributes, way);
        (_links, _alternates, _backups, _comparison) = (links, alternates, backups, comparison);
        _requests = new RequestWriter(reception, itemizer);
        _fuzzy = _options.Comparison.Fuzzy > 0 ? new FuzzySearch(reception, alternates, itemizer) : null;
        _partials = PartialStore.Of(reception);
    }

    /// <summary>Does what is to be done about a file.</summary>
    /// <returns>True when it is in its place, without any data.</returns>
    public bool Handle(in Item item, FileStat? present)
    {
        if (IsLeftOut(item, present))
            return false;
        if (present is { IsRegular: false } other)
        {
            if (!_way.Clear(item, other, "regular file"))
                return false;
            present = null;
        }
        var alternate = FindAlternate(item, present);
        if (alternate.Match == AlternateMatch.Exact && _alternates.Use == AlternateDest.Compare)
            return LeaveOut(item, present);
        if (alternate.Match >= AlternateMatch.Data && TakeFrom(alternate, item, present))
            return true;
        if (alternate.Match == AlternateMatch.None && present is { } stat)
        {
            if (_comparison.IsSame(item.Entry, stat, _reception.Target, item.Path))
            {
                Adjust(item, stat);
                return true;
            }
            if (_options.Writing.Append != AppendMode.None && stat.Size >= item.Entry.Length)
                return false;
        }
        Ask(item, present, alternate);
        return false;
    }

    /// <summary>Where something is already, only what is in every way the same counts, and a copy of that is of no use.</summary>
    private Alternate FindAlternate(in Item item, FileStat? present)
    {
        if (!_alternates.Any || (present is not null && _alternates.Use == AlternateDest.Copy))
            return default;
        var best = _alternates.Find(item);
        return present is null || best.Match == AlternateMatch.Exact ? best : default;
    }

    /// <summary>The data came wrong: asks once more, with sums that leave no doubt.</summary>
    public void RequestAgain(PendingRequest request)
    {
        var item = new Item(request.Entry, request.Index, request.Work, request.Path);
        var known = request.Flags & (ItemFlags.Transfer | ItemFlags.BasisTypeFollows | ItemFlags.XnameFollows | ItemFlags.ReportChange);
        var flags = _reception.Target.Stat(request.Path, out var stat) == Errno.None
            ? _itemizer.Compare(item, stat, known)
            : known | _itemizer.NewFlags(request.Entry);
        _requests.SendAgain(request with { Flags = flags });
    }

    private bool IsLeftOut(in Item item, FileStat? present)
    {
        var (selection, entry) = (_options.Selection, item.Entry);
        if (selection.MaxSize is { } most && entry.Length > most)
            return Skip(Messages.OverMaxSize(Reception.Text(entry.Path)));
        if (selection.MinSize is { } least && entry.Length < least)
            return Skip(Messages.UnderMinSize(Reception.Text(entry.Path)));
        if (selection.Update && present is { IsRegular: true } stat && IsNewer(stat.Mtime, entry.Mtime))
            return Skip(Messages.IsNewer(Reception.Text(entry.Path)));
        return false;
    }

    // Whole seconds, and with a window also what is as old, or not much older.
    private bool IsNewer(FileTime here, FileTime there) => there.Seconds - here.Seconds < _options.Comparison.ModifyWindow;

    private bool Skip(string text)
    {
        if (_reception.Half.Report.Info[InfoFlag.Skip] > 0)
            _reception.Session.Say(MessageCode.Info, text);
        return true;
    }

    private void Adjust(in Item item, in FileStat stat)
    {
        if (!_options.DryRun)
            _partials?.Forget(item.Path);
        _itemizer.Report(item, _itemizer.CompareSet(item, stat));
        _reception.SayPresent(item.Entry, _attributes.Update(item.Path, item.Entry, stat, exactTimes: _options.Comparison.Checksum));
    }

    /// <summary>The data is in an alternate directory: the file is linked, copied, or left out. False when that fails.</summary>
    private bool TakeFrom(in Alternate alternate, in Item item, FileStat? present)
    {
        item.Work.IsTouched = true;
        if (alternate.Match == AlternateMatch.Exact && _alternates.Use == AlternateDest.Link && TryLink(alternate.File, item.Path))
        {
            _itemizer.ReportUnchanged(item, ItemFlags.LocalChange | ItemFlags.XnameFollows);
            _reception.SayPresent(item.Entry);
            return true;
        }
        if (!_options.DryRun && !Copy(alternate, item, present))
            return false;
        _itemizer.Report(item, _itemizer.Compare(item, alternate.Stat, ItemFlags.LocalChange, file: alternate.File));
        if (alternate.Match == AlternateMatch.Exact)
            _reception.SayPresent(item.Entry);
        return true;
    }

    private bool TryLink(BasisFile file, TreePath path) =>
        _options.DryRun || _reception.Target.LinkFrom(file.Tree, file.Path, path, replace: true) == Errno.None;

    private bool LeaveOut(in Item item, FileStat? present)
    {
        if (present is not null && !_options.DryRun)
        {
            item.Work.IsTouched = true;
            _reception.Target.Unlink(item.Path);
        }
        _itemizer.ReportUnchanged(item, ItemFlags.None);
        _reception.SayPresent(item.Entry);
        // There is nothing that other names could be linked to.
        return item.Entry.Links is null;
    }

    private bool Copy(in Alternate alternate, in Item item, FileStat? present)
    {
        if (alternate.File.Tree.Open(alternate.File.Path, out var source) != Errno.None)
            return false;
        using (source)
        {
            var error = _reception.Target.Create(item.Path, out var file);
            if (error != Errno.None)
                return false;
            using (file)
            {
                error = FileCopy.CloneOrCopy(source!, file!, out _);
                if (error != Errno.None)
                    return false;
                _attributes.SetNew(file!, item.Entry);
                if (present is { } old && _backups?.IsWanted(item.Path) == true && !_backups.Save(item.Path, old, moves: false))
                    return false;
                return file!.Commit() == Errno.None;
            }
        }
    }

    /// <summary>Asks for the data, with the best basis there is.</summary>
    private void Ask(in Item item, FileStat? present, in Alternate alternate)
    {
        if (Choose(item, present, alternate, out var xname) is not var (basis, number, isOwn))
            return;
        if (basis is null && present is null && _links.LeaveToLater(item))
            return;
        var flags = ItemFlags.Transfer | (_options.Comparison.Checksum ? ItemFlags.ReportChange : ItemFlags.None);
        if (!isOwn)
            flags |= ItemFlags.BasisTypeFollows;
        if (number >= Basis.Fuzzy)
            flags |= ItemFlags.XnameFollows;
        flags = alternate.Match != AlternateMatch.None ? _itemizer.Compare(item, alternate.Stat, flags, file: alternate.File)
            : present is { } stat ? _itemizer.Compare(item, stat, flags, isNamed: xname.Length > 0)
            : flags | _itemizer.NewFlags(item.Entry);
        item.Work.IsTouched = true;
        _links.Requested(item);
        _requests.Send(new PendingRequest
        {
            Entry = item.Entry,
            Index = item.Index,
            Work = item.Work,
            Path = item.Path,
            Flags = flags,
            Basis = number,
            Xname = xname,
            Replaces = present is not null,
        }, basis);
    }

    /// <returns>Null: the file must stay as it is.</returns>
    private (BasisFile? File, byte Number, bool IsOwn)? Choose(in Item item, FileStat? present, in Alternate alternate, out byte[] xname)
    {
        xname = [];
        if (_partials?[item.Path] is { } partial && partial.Tree.Stat(partial.Path, out var stat) == Errno.None
            && stat is { IsRegular: true, Size: > 0 })
            return (partial, Basis.Partial, false);
        if (alternate.Match != AlternateMatch.None)
            return (alternate.File, (byte)(Basis.FirstAlternate + alternate.Number), false);
        if (present is { } own)
            return ChooseOwn(item, own);
        if (_fuzzy?.Find(item) is not { } similar)
            return (null, Basis.Own, true);
        xname = similar.File.Path.Name.ToArray();
        if (_reception.Half.Report.Debug[DebugFlag.Fuzzy] > 0)
            _reception.Session.Say(MessageCode.Info, $"fuzzy basis selected for {Reception.Text(item.Path)}: {Shown(similar)}");
        return (similar.File, similar.Basis, false);
    }

    private string Shown((BasisFile File, byte Basis, long Size) similar) => similar.Basis == Basis.Fuzzy
        ? Reception.Text(similar.File.Path)
        : $"{_options.Comparison.AlternateDirs[similar.Basis - Basis.Fuzzy - 1]}/{Reception.Text(similar.File.Path)}";

    /// <summary>A file that is overwritten where it is must be kept first; then its copy is the better basis.</summary>
    private (BasisFile? File, byte Number, bool IsOwn)? ChooseOwn(in Item item, in FileStat present)
    {
        if (_options.Writing.Inplace && !_options.DryRun && _backups?.IsWanted(item.Path) == true)
        {
            if (_backups.SaveCopy(item.Path, present) is not { } copy)
                return null;
            if (!_requests.IsWholeFile)
                return (copy, Basis.Backup, false);
        }
        return (present.Size > 0 ? new BasisFile(_reception.Target, item.Path) : null, Basis.Own, true);
    }
}
