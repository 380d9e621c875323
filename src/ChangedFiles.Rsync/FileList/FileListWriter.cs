using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Wire;
using static ChangedFiles.Rsync.FileList.EntryFlags;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Writes the lists of a session, entry by entry (docs/protocol.md 6.1 to 6.5). Entries are compressed against the one before, so all
/// lists of a session go through one writer. Belongs to one thread.
/// </summary>
/// <param name="output">Where they go.</param>
/// <param name="format">The agreed encoding.</param>
/// <param name="names">Names of the owners and groups that occur; not asked with <see cref="FileListFormat.NumericIds"/>.</param>
public sealed class FileListWriter(FrameWriter output, FileListFormat format, IdNames names)
{
    private const int MaxPrefix = byte.MaxValue;

    private readonly SentIds _users = new(names.FindUser);
    private readonly SentIds _groups = new(names.FindGroup);
    private EntryState _last;
    private TreePath _lastPath;
    private bool _started;

    /// <summary>The index at which the list that is being written begins (6.6).</summary>
    public int Start { get; private set; } = format.Incremental ? 1 : 0;

    /// <summary>Entries written to it so far.</summary>
    public int Count { get; private set; }

    /// <summary>Writes an entry. Order is free; the index of an entry is its place in <see cref="FileOrder"/>, not here.</summary>
    public void Write(FileEntry entry)
    {
        var links = format.HardLinks ? entry.Links : null;
        var isReference = links?.First is not null;
        var flags = links is null ? 0 : isReference ? XMIT_HLINKED : XMIT_HLINKED | XMIT_HLINK_FIRST;
        // An abbreviated entry has nothing but its name: the rest, and what is remembered, is that of the first one.
        var abbreviated = isReference && links!.Number >= Start;
        var attributes = abbreviated ? links!.First! : entry;
        flags |= AttributeFlags(attributes) | OwnerFlags(attributes, out var user, out var group);
        WriteName(entry, flags);
        if (isReference)
            output.WriteVarint(links!.Number);
        if (!abbreviated)
            WriteAttributes(entry, flags, user, group);
        if (links is not null && !isReference)
            (links.Number, links.First) = (Start + Count, entry);
        Count++;
    }

    /// <summary>Ends the list, with the id tables where they belong.</summary>
    /// <param name="ioError">Bits of 11.3 that arose while the list was made; 0 is none.</param>
    public void WriteEnd(int ioError)
    {
        if (format.VarintFlags)
        {
            output.WriteByte(0);
            output.WriteVarint(ioError);
        }
        else if (ioError != 0 && format.MayCarryError)
        {
            output.WriteUInt16((ushort)(XMIT_EXTENDED_FLAGS | XMIT_IO_ERROR_ENDLIST));
            output.WriteVarint(ioError);
        }
        else
        {
            output.WriteByte(0);
        }
        if (format.HasUserTable)
            _users.WriteTable(output, format);
        if (format.HasGroupTable)
            _groups.WriteTable(output, format);
        if (ioError != 0 && format.Protocol == 30)
            output.WriteMessage(MessageCode.IoError, ioError);
        Start += Count + 1;
        Count = 0;
    }

    /// <summary>Compares with the entry before, which the new one then replaces.</summary>
    private int AttributeFlags(FileEntry entry)
    {
        var flags = entry.IsDirectory ? (int)entry.Content : 0;
        flags |= Same(ref _last.Mode, entry.Mode, XMIT_SAME_MODE);
        if (format.HasDeviceField(entry.Kind))
            flags |= Same(ref _last.RdevMajor, entry.IsDevice ? entry.Rdev.Major : _last.RdevMajor, XMIT_SAME_RDEV_MAJOR);
        flags |= Same(ref _last.Mtime, entry.Mtime.Seconds, XMIT_SAME_TIME);
        if (format.Protocol >= 31 && entry.Mtime.Nanoseconds != 0)
            flags |= XMIT_MOD_NSEC;
        if (format.Atimes && !entry.IsDirectory)
            flags |= Same(ref _last.Atime, entry.Atime, XMIT_SAME_ATIME);
        if (format.Crtimes && entry.Crtime == entry.Mtime.Seconds)
            flags |= XMIT_CRTIME_EQ_MTIME;
        return flags;
    }

    private int OwnerFlags(FileEntry entry, out byte[]? user, out byte[]? group)
    {
        var flags = 0;
        (user, group) = (null, null);
        if (!format.Owner || (_started && entry.Uid == _last.Uid))
            flags |= XMIT_SAME_UID;
        else if (!format.NumericIds && _users.Add(entry.Uid) is { } name && format.Incremental)
            (user, flags) = (name, flags | XMIT_USER_NAME_FOLLOWS);
        if (!format.Group || (_started && entry.Gid == _last.Gid))
            flags |= XMIT_SAME_GID;
        else if (!format.NumericIds && _groups.Add(entry.Gid) is { } name && format.Incremental)
            (group, flags) = (name, flags | XMIT_GROUP_NAME_FOLLOWS);
        (_last.Uid, _last.Gid) = (entry.Uid, entry.Gid);
        return flags;
    }

    private void WriteName(FileEntry entry, int flags)
    {
        var name = entry.Path.Bytes;
        var prefix = !_started ? 0 : Math.Min(name.CommonPrefixLength(_lastPath.Bytes), MaxPrefix);
        var suffix = name[prefix..];
        if (prefix > 0)
            flags |= XMIT_SAME_NAME;
        if (suffix.Length > byte.MaxValue)
            flags |= XMIT_LONG_NAME;
        WriteFlags(flags, entry.IsDirectory);
        if (prefix > 0)
            output.WriteByte((byte)prefix);
        if (suffix.Length > byte.MaxValue)
            output.WriteVarint(suffix.Length);
        else
            output.WriteByte((byte)suffix.Length);
        output.Write(suffix);
        (_lastPath, _started) = (entry.Path, true);
    }

    /// <summary>A zero would end the list, so there is a filler for it in each form (6.2).</summary>
    private void WriteFlags(int flags, bool isDirectory)
    {
        if (format.VarintFlags)
        {
            output.WriteVarint(flags == 0 ? XMIT_EXTENDED_FLAGS : flags);
            return;
        }
        if (flags == 0 && !isDirectory)
            flags = XMIT_TOP_DIR;
        if (flags is 0 or > byte.MaxValue)
            output.WriteUInt16((ushort)(flags | XMIT_EXTENDED_FLAGS));
        else
            output.WriteByte((byte)flags);
    }

    // The fields of 6.3 from the length on, in their order.
    private void WriteAttributes(FileEntry entry, int flags, byte[]? user, byte[]? group)
    {
        output.WriteVarlong(entry.Length, least: 3);
        if ((flags & XMIT_SAME_TIME) == 0)
            output.WriteVarlong(entry.Mtime.Seconds, least: 4);
        if ((flags & XMIT_MOD_NSEC) != 0)
            output.WriteVarint(entry.Mtime.Nanoseconds);
        if (format.Crtimes && (flags & XMIT_CRTIME_EQ_MTIME) == 0)
            output.WriteVarlong(entry.Crtime, least: 4);
        if ((flags & XMIT_SAME_MODE) == 0)
            output.WriteInt32((int)entry.Mode);
        if (format.Atimes && !entry.IsDirectory && (flags & XMIT_SAME_ATIME) == 0)
            output.WriteVarlong(entry.Atime, least: 4);
        if ((flags & XMIT_SAME_UID) == 0)
            WriteId(entry.Uid, user);
        if ((flags & XMIT_SAME_GID) == 0)
            WriteId(entry.Gid, group);
        if (format.HasDeviceField(entry.Kind))
            WriteDevice(entry, flags);
        if (format.Links && entry.IsSymlink)
            WriteTarget(entry);
        if (format.ChecksumLength > 0 && entry.IsRegular)
            output.Write(entry.Checksum ?? new byte[format.ChecksumLength]);
    }

    private void WriteId(uint id, byte[]? name)
    {
        output.WriteVarint((int)id);
        if (name is not null)
            SentIds.WriteName(output, name);
    }

    private void WriteDevice(FileEntry entry, int flags)
    {
        if ((flags & XMIT_SAME_RDEV_MAJOR) == 0)
            output.WriteVarint((int)entry.Rdev.Major);
        output.WriteVarint((int)entry.Rdev.Minor);
    }

    private void WriteTarget(FileEntry entry)
    {
        if (entry.LinkTarget is not { Length: > 0 and <= TreePath.MaxLength } target)
            throw new ArgumentException($"{entry}: a symbolic link needs its target, 1 to {TreePath.MaxLength} bytes", nameof(entry));
        output.WriteVarint(target.Length);
        output.Write(target);
    }

    private static int Same<T>(ref T last, T now, int flag) where T : struct, IEquatable<T>
    {
        if (last.Equals(now))
            return flag;
        last = now;
        return 0;
    }
}
