using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What differs between an entry and what is there, and how that is told to the sender (docs/protocol.md 7.1, 7.2, 8).</summary>
internal sealed class Itemizer(Reception reception, FrameWriter writer)
{
    private const ItemFlags NeedsReport = ItemFlags.OnWire & ~ItemFlags.NotSignificant;

    private readonly PreserveOptions _preserve = reception.Options.Preserve;
    private readonly int _window = reception.Options.Comparison.ModifyWindow;
    private readonly bool _omitDirTimes = reception.Options.OmitsDirTimes;
    private readonly bool _reportsAll =
        reception.Half.Report.Itemize == Itemize.All || reception.Half.Report.Info[InfoFlag.Name] >= 2;

    /// <summary>The basis of a request, when it is not the file itself.</summary>
    public readonly record struct Origin(byte Basis = Basis.Own, byte[]? Xname = null);

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

    public bool KeepsOwner => _preserve.Owner && reception.IsSuper;

    /// <summary>What differs between the entry and something that exists.</summary>
    /// <param name="flags">What is known to happen to it.</param>
    /// <param name="isNamed">There is an extra name, and it is not empty.</param>
    public ItemFlags Compare(FileEntry entry, in FileStat stat, ItemFlags flags, bool isNamed = false)
    {
        if (entry.IsRegular && entry.Length != stat.Size)
            flags |= ItemFlags.ReportSize;
        if (KeepsTimes(entry) ? TimesDiffer(entry.Mtime, stat.Mtime) : IsRewritten(flags, isNamed))
            flags |= ItemFlags.ReportTime;
        if (_preserve.Atimes && !entry.IsDirectory && !entry.IsSymlink && entry.Atime != stat.Atime.Seconds)
            flags |= ItemFlags.ReportAtime;
        if (!entry.IsSymlink && PermissionsDiffer(entry, stat))
            flags |= ItemFlags.ReportPerms;
        if (KeepsOwner && entry.Uid != stat.Uid)
            flags |= ItemFlags.ReportOwner;
        if (KeepsGroup(entry) && entry.Gid != stat.Gid)
            flags |= ItemFlags.ReportGroup;
        return flags;
    }

    /// <summary>Reports an item that needs no data, if there is something to report.</summary>
    public void Report(in Item item, ItemFlags flags, byte[]? xname = null)
    {
        if (xname is not null)
            flags |= ItemFlags.XnameFollows;
        if ((flags & NeedsReport) == 0 && !_reportsAll && xname is not { Length: > 0 })
            return;
        Write(item.Index, flags, new Origin(Basis.Own, xname));
    }

    /// <summary>Writes the head of a request for data.</summary>
    public void Request(PendingRequest request) =>
        Write(request.Index, request.Flags, new Origin(request.Basis, request.Xname));

    private void Write(int index, ItemFlags flags, Origin origin)
    {
        writer.WriteIndex(index);
        writer.WriteUInt16((ushort)(flags & ItemFlags.OnWire));
        if (flags.HasFlag(ItemFlags.BasisTypeFollows))
            writer.WriteByte(origin.Basis);
        if (flags.HasFlag(ItemFlags.XnameFollows))
            writer.WriteVstring(origin.Xname ?? []);
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
