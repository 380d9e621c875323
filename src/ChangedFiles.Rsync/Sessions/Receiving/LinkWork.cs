using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Symbolic links, devices, fifos and sockets: what needs no data.</summary>
internal sealed class LinkWork(
    Reception reception, Itemizer itemizer, AttributeKeeper attributes, WayClearer way, Alternates alternates, BackupStore? backups)
{
    private readonly TransferOptions _options = reception.Options;

    /// <summary>Does what is to be done.</summary>
    /// <param name="isInPlace">Whether it is there now.</param>
    /// <returns>False for a kind that is not preserved.</returns>
    public bool Handle(in Item item, FileStat? present, out bool isInPlace)
    {
        isInPlace = false;
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
            if (reception.Half.Report.Info[InfoFlag.Name] > 0)
            {
                reception.Session.Say(MessageCode.Info,
                    Messages.IgnoringUnsafeLink(Reception.Text(entry.Path), ArgumentText.Decode(target)));
            }
            return true;
        }
        if (present is { } stat && IsSame(item, stat))
        {
            itemizer.Report(item, itemizer.CompareSet(item, stat));
            reception.SayPresent(entry, attributes.Update(item.Path, entry, stat));
            isInPlace = true;
            return true;
        }
        var alternate = present is null && alternates.Any ? alternates.Find(item) : default;
        isInPlace = alternate.Match == AlternateMatch.Exact && alternates.Use != AlternateDest.Copy
            ? TakeFrom(alternate, item)
            : Make(item, present, alternate);
        return true;
    }

    /// <summary>It is in an alternate directory as it should be: linked, or left out.</summary>
    private bool TakeFrom(in Alternate alternate, in Item item)
    {
        if (alternates.Use == AlternateDest.Compare)
        {
            itemizer.ReportUnchanged(item, ItemFlags.None);
            reception.SayPresent(item.Entry);
            return false;
        }
        item.Work.IsTouched = true;
        var error = _options.DryRun ? Errno.None : reception.Target.LinkFrom(alternate.File.Tree, alternate.File.Path, item.Path);
        if (error != Errno.None)
            return Make(item, null, alternate);
        itemizer.ReportUnchanged(item, ItemFlags.LocalChange | ItemFlags.XnameFollows);
        reception.SayPresent(item.Entry);
        return true;
    }

    private bool Make(in Item item, FileStat? present, in Alternate alternate)
    {
        var entry = item.Entry;
        if (present is { } other && !MakeRoom(item, other))
            return false;
        if (!_options.DryRun)
        {
            item.Work.IsTouched = true;
            var error = Create(item);
            if (error != Errno.None)
            {
                var (what, then) = entry.LinkTarget is { } target ? ("symlink", $" -> \"{ArgumentText.Decode(target)}\" failed") : ("mknod", " failed");
                reception.Complain("generator", what, item.Path, error, then);
                return false;
            }
            attributes.SetNew(item.Path, entry);
        }
        // What is in an alternate directory as it should be is copied from there.
        var made = ItemFlags.LocalChange | (alternate.Match == AlternateMatch.Exact ? ItemFlags.None : ItemFlags.ReportChange);
        if (alternate.Match == AlternateMatch.Exact)
            reception.SayPresent(entry);
        itemizer.Report(item, present is { } stat && stat.Kind == entry.Kind ? itemizer.Compare(item, stat, made)
            : alternate.Match != AlternateMatch.None ? itemizer.Compare(item, alternate.Stat, made, file: alternate.File)
            : made | itemizer.NewFlags(entry));
        return true;
    }

    private Errno Create(in Item item)
    {
        var entry = item.Entry;
        var error = Once(item);
        return error == Errno.ENOENT && _options.Selection.Relative ? reception.MakeParents(item.Path) ?? Once(item) : error;

        Errno Once(in Item item) => entry.LinkTarget is { } target
            ? reception.Target.MakeSymlink(item.Path, target, replace: true)
            : reception.Target.MakeNode(item.Path, entry.Mode, entry.Rdev.Major, entry.Rdev.Minor, replace: true);
    }

    private bool MakeRoom(in Item item, in FileStat present)
    {
        if (!_options.DryRun && !present.IsDirectory && backups?.IsWanted(item.Path) == true)
            return backups.Save(item.Path, present, moves: true);
        // What is no directory is replaced in one step.
        return !present.IsDirectory
            || way.Clear(item, present, item.Entry.IsSymlink ? "symlink" : item.Entry.IsDevice ? "device file" : "special file");
    }

    private bool IsSame(in Item item, in FileStat stat)
    {
        var entry = item.Entry;
        if (stat.Kind != entry.Kind)
            return false;
        if (entry.LinkTarget is { } target)
            return reception.Target.ReadLink(item.Path, out var now) == Errno.None && now.AsSpan().SequenceEqual(target);
        return !entry.IsDevice || (stat.RdevMajor == entry.Rdev.Major && stat.RdevMinor == entry.Rdev.Minor);
    }
}
