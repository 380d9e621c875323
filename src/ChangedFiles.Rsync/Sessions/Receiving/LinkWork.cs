using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Symbolic links, devices, fifos and sockets: what needs no data.</summary>
internal sealed class LinkWork(Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way)
{
    private readonly TransferOptions _options = reception.Options;

    /// <summary>False for a kind that is not preserved.</summary>
    public bool Handle(in Item item, FileStat? present)
    {
        var entry = item.Entry;
        var isWanted = entry switch
        {
            { IsSymlink: true } => _options.Preserve.Links && entry.LinkTarget is not null,
            { IsDevice: true } => _options.Preserve.Devices && reception.IsSuper && !_options.Preserve.DropDevices,
            { IsSpecial: true } => _options.Preserve.Specials && !_options.Preserve.DropDevices,
            _ => false,
        };
        if (!isWanted)
            return false;
        if (entry.LinkTarget is { } target && _options.Selection.SafeLinks && LinkTarget.IsUnsafe(target, entry.Path))
        {
            if (reception.Half.Report.Info[InfoFlag.Symsafe] > 0)
                reception.Session.Say(MessageCode.Info, Messages.IgnoringUnsafeLink(Reception.Text(entry.Path), ArgumentText.Decode(target)));
            return true;
        }
        if (present is { } stat && IsSame(item, stat))
        {
            itemizer.Report(item, itemizer.Compare(entry, stat, ItemFlags.None));
            attributes.Update(item.Path, entry, stat);
            return true;
        }
        Make(item, present);
        return true;
    }

    private void Make(in Item item, FileStat? present)
    {
        var entry = item.Entry;
        if (present is { } other && !way.Clear(item.Path, other, entry.IsSymlink ? "symlink" : entry.IsDevice ? "device file" : "special file"))
            return;
        if (!_options.DryRun)
        {
            item.Work.IsTouched = true;
            var error = entry.LinkTarget is { } target
                ? reception.Target.MakeSymlink(item.Path, Stored(target))
                : reception.Target.MakeNode(item.Path, entry.Mode, entry.Rdev.Major, entry.Rdev.Minor);
            if (error != Errno.None)
            {
                reception.Complain("generator", entry.IsSymlink ? "symlink" : "mknod", item.Path, error);
                return;
            }
            attributes.SetNew(item.Path, entry);
        }
        const ItemFlags made = ItemFlags.LocalChange | ItemFlags.ReportChange;
        itemizer.Report(item, present is { } stat && stat.Kind == entry.Kind ? itemizer.Compare(entry, stat, made) : made | ItemFlags.IsNew);
    }

    private bool IsSame(in Item item, in FileStat stat)
    {
        var entry = item.Entry;
        if (stat.Kind != entry.Kind)
            return false;
        if (entry.LinkTarget is { } target)
            return reception.Target.ReadLink(item.Path, out var now) == Errno.None && now.AsSpan().SequenceEqual(Stored(target));
        return !entry.IsDevice || (stat.RdevMajor == entry.Rdev.Major && stat.RdevMinor == entry.Rdev.Minor);
    }

    private byte[] Stored(byte[] target) => _options.Selection.MungeLinks ? [.. LinkTarget.MungePrefix, .. target] : target;
}
