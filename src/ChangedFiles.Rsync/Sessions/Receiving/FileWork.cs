using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Regular files: the quick check, the choice of a basis, the request (docs/protocol.md 7.1 to 7.3).</summary>
internal sealed class FileWork(Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way)
{
    private readonly TransferOptions _options = reception.Options;
    private readonly FileComparison _comparison = new(reception, itemizer);
    private readonly RequestWriter _requests = new(reception, itemizer);

    public void Handle(in Item item, FileStat? present)
    {
        if (present is { IsRegular: false } other)
        {
            if (!way.Clear(item.Path, other, "regular file"))
                return;
            present = null;
        }
        if (present is { } stat && _comparison.IsSame(item.Entry, stat, reception.Target, item.Path))
        {
            itemizer.Report(item, itemizer.Compare(item.Entry, stat, ItemFlags.None));
            attributes.Update(item.Path, item.Entry, stat, exactTimes: _options.Comparison.Checksum);
            return;
        }
        var flags = ItemFlags.Transfer | (_options.Comparison.Checksum ? ItemFlags.ReportChange : ItemFlags.None);
        flags = present is { } existing ? itemizer.Compare(item.Entry, existing, flags) : flags | ItemFlags.IsNew;
        item.Work.IsTouched = true;
        _requests.Send(new PendingRequest
        {
            Entry = item.Entry,
            Index = item.Index,
            Work = item.Work,
            Path = item.Path,
            Flags = flags,
            Replaces = present is not null,
        }, present is { Size: > 0 } ? new BasisFile(reception.Target, item.Path) : null);
    }

    /// <summary>The data came wrong: asks once more, with sums that leave no doubt.</summary>
    public void RequestAgain(PendingRequest request) => _requests.SendAgain(request);
}
