using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Wire;
using static ChangedFiles.Rsync.FileList.EntryFlags;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Writes the lists of a session, entry by entry (docs/protocol.md 6.1 to 6.5). Entries are compressed against the one before, so all
/// lists of a session go through one writer. Belongs to one thread.
/// </summary>
internal sealed class FileListWriter
{
    private const int MaxPrefix = byte.MaxValue;

    private readonly FrameWriter _output;
    private readonly FileListFormat _format;
    private readonly SentIds _users;
    private readonly SentIds _groups;
    private readonly SentAcls _accessAcls;
    private readonly SentAcls _defaultAcls;
    private readonly SentXattrs _xattrs;
    private EntryState _last;
    private TreePath _lastPath;
    private bool _started;

    /// <param name="output">Where they go.</param>
    /// <param name="format">The agreed encoding.</param>
    /// <param name="names">Names of the owners and groups that occur; not asked with <see cref="FileListFormat.NumericIds"/>.</param>
    public FileListWriter(FrameWriter output, FileListFormat format, IdNames names)
    {
        (_output, _format) = (output, format);
        (_users, _groups) = (new SentIds(names.FindUser), new SentIds(names.FindGroup));
        (_accessAcls, _defaultAcls) = (new SentAcls(output, format, _users, _groups), new SentAcls(output, format, _users, _groups));
        _xattrs = new SentXattrs(output);
        Start = format.Incremental ? 1 : 0;
    }

    /// <summary>The index at which the list that is being written begins (6.6).</summary>
    public int Start { get; private set; }

    /// <summary>Entries written to it so far.</summary>
    public int Count { get; private set; }

    /// <summary>Writes an entry. Order is free; the index of an entry is its place in <see cref="FileOrder"/>, not here.</summary>
    public void Write(FileEntry entry)
    {
        var links = _format.HardLinks ? entry.Links : null;
        var isReference = links?.First is not null;
        var flags = links is null ? 0 : isReference ? XMIT_HLINKED : XMIT_HLINKED | XMIT_HLINK_FIRST;
        // An abbreviated entry has nothing but its name: the rest, and what is remembered, is that of the first one.
        var abbreviated = isReference && links!.Number >= Start;
        var attributes = abbreviated ? links!.First! : entry;
        flags |= AttributeFlags(attributes) | OwnerFlags(attributes, out var user, out var group);
        WriteName(entry, flags);
        if (isReference)
            _output.WriteVarint(links!.Number);
        if (!abbreviated)
            WriteAttributes(entry, flags, user, group);
        WriteExtendedAttributes(entry);
        if (links is not null && !isReference)
            (links.Number, links.First) = (Start + Count, entry);
        Count++;
    }

    /// <summary>Ends the list, with the id tables where they belong.</summary>
    /// <param name="ioError">Bits of 11.3 that arose while the list was made; 0 is none.</param>
    public void WriteEnd(int ioError)
    {
        if (_format.VarintFlags)
        {
            _output.WriteByte(0);
            _output.WriteVarint(ioError);
        }
        else if (ioError != 0 && _format.MayCarryError)
        {
            _output.WriteUInt16((ushort)(XMIT_EXTENDED_FLAGS | XMIT_IO_ERROR_ENDLIST));
            _output.WriteVarint(ioError);
        }
        else
        {
            _output.WriteByte(0);
        }
        if (_format.HasUserTable)
            _users.WriteTable(_output, _format);
        if (_format.HasGroupTable)
            _groups.WriteTable(_output, _format);
        if (ioError != 0 && _format.Protocol == 30)
            _output.WriteMessage(MessageCode.IoError, ioError);
        Start += Count + 1;
        Count = 0;
    }

    /// <summary>Compares with the entry before, which the new one then replaces.</summary>
    private int AttributeFlags(FileEntry entry)
    {
        var flags = entry.IsDirectory ? (int)entry.Content : 0;
        flags |= Same(ref _last.Mode, entry.Mode, XMIT_SAME_MODE);
        if (_format.HasDeviceField(entry.Kind))
            flags |= Same(ref _last.RdevMajor, entry.IsDevice ? entry.Rdev.Major : _last.RdevMajor, XMIT_SAME_RDEV_MAJOR);
        flags |= SameTime(ref _last.Mtime, entry.Mtime.Seconds, XMIT_SAME_TIME);
        if (_format.Protocol >= 31 && entry.Mtime.Nanoseconds != 0)
            flags |= XMIT_MOD_NSEC;
        if (_format.Atimes && !entry.IsDirectory)
            flags |= SameTime(ref _last.Atime, entry.Atime, XMIT_SAME_ATIME);
        return flags;
    }

    private int OwnerFlags(FileEntry entry, out byte[]? user, out byte[]? group)
    {
        var flags = 0;
        (user, group) = (null, null);
        if (!_format.Owner || (_started && entry.Uid == _last.Uid))
            flags |= XMIT_SAME_UID;
        else if (!_format.NumericIds && _users.Add(entry.Uid) is { } name && _format.Incremental)
            (user, flags) = (name, flags | XMIT_USER_NAME_FOLLOWS);
        if (!_format.Group || (_started && entry.Gid == _last.Gid))
            flags |= XMIT_SAME_GID;
        else if (!_format.NumericIds && _groups.Add(entry.Gid) is { } name && _format.Incremental)
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
            _output.WriteByte((byte)prefix);
        if (suffix.Length > byte.MaxValue)
            _output.WriteVarint(suffix.Length);
        else
            _output.WriteByte((byte)suffix.Length);
        _output.Write(suffix);
        (_lastPath, _started) = (entry.Path, true);
    }

    /// <summary>A zero would end the list, so there is a filler for it in each form (6.2).</summary>
    private void WriteFlags(int flags, bool isDirectory)
    {
        if (_format.VarintFlags)
        {
            _output.WriteVarint(flags == 0 ? XMIT_EXTENDED_FLAGS : flags);
            return;
        }
        if (flags == 0 && !isDirectory)
            flags = XMIT_TOP_DIR;
        if (flags is 0 or > byte.MaxValue)
            _output.WriteUInt16((ushort)(flags | XMIT_EXTENDED_FLAGS));
        else
            _output.WriteByte((byte)flags);
    }

    // The fields of 6.3 from the length on, in their order.
    private void WriteAttributes(FileEntry entry, int flags, byte[]? user, byte[]? group)
    {
        _output.WriteVarlong(entry.Length, least: 3);
        if ((flags & XMIT_SAME_TIME) == 0)
            _output.WriteVarlong(entry.Mtime.Seconds, least: 4);
        if ((flags & XMIT_MOD_NSEC) != 0)
            _output.WriteVarint(entry.Mtime.Nanoseconds);
        if ((flags & XMIT_SAME_MODE) == 0)
            _output.WriteInt32((int)entry.Mode);
        if (_format.Atimes && !entry.IsDirectory && (flags & XMIT_SAME_ATIME) == 0)
            _output.WriteVarlong(entry.Atime, least: 4);
        if ((flags & XMIT_SAME_UID) == 0)
            WriteId(entry.Uid, user);
        if ((flags & XMIT_SAME_GID) == 0)
            WriteId(entry.Gid, group);
        if (_format.HasDeviceField(entry.Kind))
            WriteDevice(entry, flags);
        if (_format.Links && entry.IsSymlink)
            WriteTarget(entry);
        if (_format.ChecksumLength > 0 && entry.IsRegular)
            _output.Write(entry.Checksum ?? new byte[_format.ChecksumLength]);
    }

    private void WriteExtendedAttributes(FileEntry entry)
    {
        if (_format.Acls && !entry.IsSymlink)
        {
            _accessAcls.Write(entry.AccessAcl ?? PosixAcl.Empty);
            if (entry.IsDirectory)
                _defaultAcls.Write(entry.DefaultAcl ?? PosixAcl.Empty);
        }
        if (_format.Xattrs)
            _xattrs.Write(entry.Xattrs ?? XattrList.Empty);
    }

    private void WriteId(uint id, byte[]? name)
    {
        _output.WriteVarint((int)id);
        if (name is not null)
            SentIds.WriteName(_output, name);
    }

    private void WriteDevice(FileEntry entry, int flags)
    {
        if ((flags & XMIT_SAME_RDEV_MAJOR) == 0)
            _output.WriteVarint((int)entry.Rdev.Major);
        _output.WriteVarint((int)entry.Rdev.Minor);
    }

    private void WriteTarget(FileEntry entry)
    {
        if (entry.LinkTarget is not { Length: > 0 and <= TreePath.MaxLength } target)
            throw new ArgumentException($"{entry}: a symbolic link needs its target, 1 to {TreePath.MaxLength} bytes", nameof(entry));
        _output.WriteVarint(target.Length);
        _output.Write(target);
    }

    private static int Same(ref uint last, uint now, int flag)
    {
        var same = last == now;
        last = now;
        return same ? flag : 0;
    }

    private static int SameTime(ref long last, long now, int flag)
    {
        var same = last == now;
        last = now;
        return same ? flag : 0;
    }
}
