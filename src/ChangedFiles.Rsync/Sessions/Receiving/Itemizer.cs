using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What differs between an entry and what is there, and how that is told to the sender (docs/protocol.md 7.1, 7.2, 8).</summary>
internal sealed class Itemizer(Reception reception, FrameWriter writer)
{
    private const uint SetIdBits = 0xE00;
    private const ItemFlags NeedsReport = ItemFlags.OnWire & ~ItemFlags.NotSignificant;

    private readonly PreserveOptions _preserve = reception.Options.Preserve;
    private readonly int _window = reception.Options.Comparison.ModifyWindow;
    private readonly bool _omitDirTimes = reception.Options.OmitsDirTimes;
    private readonly bool _hasXattrShortcut =
        reception.Session.Terms.Protocol >= 31 && !reception.Session.Terms.Has(CompatFlags.AvoidXattrShortcut);
    private readonly bool _reportsAll =
        reception.Half.Report.Itemize == Itemize.All || reception.Half.Report.Info[InfoFlag.Name] >= 2;

    /// <summary>Items that are as they should be are itemized too.</summary>
    public bool TellsUnchanged => _reportsAll && reception.Half.Report.Itemize != Itemize.None;

    /// <summary>True when the two count as different: whole seconds, or as the modify window says.</summary>
    public bool TimesDiffer(FileTime one, FileTime other) => _window switch
    {
        0 => one.Seconds != other.Seconds,
        < 0 => one != other,
        _ => Math.Abs(one.Seconds - other.Seconds) > _window,
    };

    public bool KeepsTimes(FileEntry entry) => _preserve.Times && entry.Kind switch
    {
        FileKind.Directory => !_omitDirTimes,
        FileKind.Symlink => !_preserve.OmitLinkTimes,
        _ => true,
    };

    /// <summary>The group is kept, as far as this process may set it.</summary>
    public bool KeepsGroup(FileEntry entry) => _preserve.Group && reception.Ids.MaySetGroup(entry.Gid);

    public ExtendedAttributes Extended { get; } = new(reception);

    public bool KeepsOwner => _preserve.Owner && reception.IsSuper;

    /// <summary>A symbolic link has none that can be set, but the file that stands for one has.</summary>
    public bool HasPermissions(FileEntry entry) => !entry.IsSymlink || _preserve.FakeSuper;

    /// <summary>What differs between the entry and something that exists.</summary>
    /// <param name="flags">What is known to happen to it.</param>
    /// <param name="isNamed">There is an extra name, and it is not empty.</param>
    /// <param name="file">What exists, when it is not at the item's own place.</param>
    public ItemFlags Compare(in Item item, in FileStat stat, ItemFlags flags, bool isNamed = false, BasisFile? file = null)
    {
        var entry = item.Entry;
        if (entry.IsRegular && entry.Length != stat.Size)
            flags |= ItemFlags.ReportSize;
        if (KeepsTimes(entry) ? TimesDiffer(entry.Mtime, stat.Mtime) : IsRewritten(flags, isNamed))
            flags |= ItemFlags.ReportTime;
        if (_preserve.Atimes && !entry.IsDirectory && !entry.IsSymlink && entry.Atime != stat.Atime.Seconds)
            flags |= ItemFlags.ReportAtime;
        if (HasPermissions(entry) && PermissionsDiffer(entry, stat))
            flags |= ItemFlags.ReportPerms;
        if (KeepsOwner && entry.Uid != stat.Uid)
            flags |= ItemFlags.ReportOwner;
        if (KeepsGroup(entry) && entry.Gid != stat.Gid)
            flags |= ItemFlags.ReportGroup;
        return _preserve.Acls || _preserve.Xattrs > 0
            ? CompareExtended(entry, stat, file?.Tree ?? reception.Target, file?.Path ?? item.Path, flags)
            : flags;
    }

    /// <summary>The same for what needs nothing but its attributes: an ACL brings the permissions, so these count as set.</summary>
    public ItemFlags CompareSet(in Item item, in FileStat stat)
    {
        var flags = Compare(item, stat, ItemFlags.None);
        return flags.HasFlag(ItemFlags.ReportAcl) && !reception.Options.DryRun && ((item.Entry.Mode ^ stat.Mode) & SetIdBits) == 0
            ? flags & ~ItemFlags.ReportPerms : flags;
    }

    private ItemFlags CompareExtended(FileEntry entry, in FileStat stat, IFileSource tree, TreePath path, ItemFlags flags)
    {
        if (_preserve.Acls && !entry.IsSymlink && ExtendedAttributes.AclsDiffer(entry, stat, tree, path))
            flags |= ItemFlags.ReportAcl;
        if (_preserve.Xattrs > 0 && Extended.XattrsDiffer(entry, tree, path))
            flags |= ItemFlags.ReportXattr;
        return flags;
    }

    /// <summary>The same for something that does not exist yet.</summary>
    public ItemFlags NewFlags(FileEntry entry) =>
        ItemFlags.IsNew | (_preserve.Xattrs > 0 && Extended.XattrsDiffer(entry, null, default) ? ItemFlags.ReportXattr : ItemFlags.None);

    /// <summary>Reports an item that needs no data, if there is something to report.</summary>
    public void Report(in Item item, ItemFlags flags, byte[]? xname = null)
    {
        if (xname is not null)
            flags |= ItemFlags.XnameFollows;
        if ((flags & NeedsReport) == 0 && !_reportsAll && xname is not { Length: > 0 })
            return;
        Write(item.Index, item.Entry, flags, Basis.Own, xname ?? []);
    }

    /// <summary>Reports an item that is as it should be, where everything is to be reported.</summary>
    public void ReportUnchanged(in Item item, ItemFlags flags)
    {
        if (_reportsAll)
            Write(item.Index, item.Entry, flags, Basis.Own, []);
    }

    /// <summary>Writes the head of a request for data.</summary>
    public void Request(PendingRequest request) =>
        Write(request.Index, request.Entry, request.Flags, request.Basis, request.Xname);

    /// <summary>Long values of attributes travel within an item of these flags (9.3).</summary>
    public bool ExchangesXattrs(ItemFlags flags)
    {
        const ItemFlags linked = ItemFlags.XnameFollows | ItemFlags.LocalChange;
        return _preserve.Xattrs > 0 && flags.HasFlag(ItemFlags.ReportXattr) && reception.MovesData
            && !(_hasXattrShortcut && flags.HasFlag(linked));
    }

    private void Write(int index, FileEntry entry, ItemFlags flags, byte basis, byte[] xname)
    {
        writer.WriteIndex(index);
        writer.WriteUInt16((ushort)(flags & ItemFlags.OnWire));
        if (flags.HasFlag(ItemFlags.BasisTypeFollows))
            writer.WriteByte(basis);
        if (flags.HasFlag(ItemFlags.XnameFollows))
            writer.WriteVstring(xname);
        if (ExchangesXattrs(flags))
            XattrExchange.WriteRequest(writer, entry.Xattrs ?? XattrList.Empty, static _ => false);
    }

    private bool PermissionsDiffer(FileEntry entry, in FileStat stat)
    {
        if (_preserve.Perms)
            return entry.Permissions != stat.Permissions;
        const uint Execute = 0x49;
        return _preserve.Executability && (entry.Mode & Execute) != 0 != ((stat.Mode & Execute) != 0);
    }

    /// <summary>The times are not kept, and what happens to the file changes them.</summary>
    private static bool IsRewritten(ItemFlags flags, bool isNamed) =>
        (flags & (ItemFlags.Transfer | ItemFlags.LocalChange)) != 0 && !flags.HasFlag(ItemFlags.Matched)
        && (!flags.HasFlag(ItemFlags.XnameFollows) || isNamed);
}
