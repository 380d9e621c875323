using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>An inode of a <see cref="MemoryTree"/>. Whoever touches one holds the tree's lock.</summary>
internal sealed class MemoryNode(ulong inode, uint mode, FileTime now)
{
    private byte[] _data = [];

    public uint Mode { get; private set; } = mode;
    public uint Uid { get; private set; }
    public uint Gid { get; private set; }
    public FileTime Mtime { get; set; } = now;
    public FileTime Atime { get; private set; } = now;
    public FileTime Ctime { get; set; } = now;
    public uint LinkCount { get; set; } = 1;
    public (uint Major, uint Minor) Device { get; init; }
    public byte[] Target { get; init; } = [];
    public long Length { get; private set; }
    public Dictionary<byte[], byte[]> Xattrs { get; } = new(NameComparer.Instance);

    /// <summary>What a directory holds; null for anything else.</summary>
    public Dictionary<byte[], MemoryNode>? Children { get; } =
        (FileKind)(mode & 0xF000) == FileKind.Directory ? new(NameComparer.Instance) : null;

    public FileKind Kind => (FileKind)(Mode & 0xF000);

    public FileStat Stat => new()
    {
        Mode = Mode,
        Uid = Uid,
        Gid = Gid,
        Size = Kind == FileKind.Symlink ? Target.Length : Length,
        Mtime = Mtime,
        Atime = Atime,
        Ctime = Ctime,
        LinkCount = LinkCount,
        Inode = inode,
        RdevMajor = Device.Major,
        RdevMinor = Device.Minor,
        Blocks = (Length + 511) / 512,
    };

    public ulong Inode => inode;

    public int Read(Span<byte> buffer, long offset)
    {
        var length = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        if (length > 0)
            _data.AsSpan((int)offset, length).CopyTo(buffer);
        return length;
    }

    public Errno Write(ReadOnlySpan<byte> data, long offset)
    {
        if (data.IsEmpty)
            return Errno.None;
        var end = offset + data.Length;
        var error = end > Length ? SetLength(end) : Errno.None;
        if (error == Errno.None)
            data.CopyTo(_data.AsSpan((int)offset));
        return error;
    }

    public Errno SetLength(long length)
    {
        if (length > Array.MaxLength)
            return Errno.EFBIG;
        if (length > _data.Length)
            Array.Resize(ref _data, (int)Math.Min(Math.Max(length, _data.Length * 2L), Array.MaxLength));
        if (length < Length)
            _data.AsSpan((int)length, (int)(Length - length)).Clear();
        Length = length;
        return Errno.None;
    }

    public void Clear(long offset, long length)
    {
        var end = Math.Min(offset + length, Length);
        if (end > offset)
            _data.AsSpan((int)offset, (int)(end - offset)).Clear();
    }

    public void Set(in Metadata metadata)
    {
        Uid = metadata.Uid ?? Uid;
        Gid = metadata.Gid ?? Gid;
        if (metadata.Xattrs is { } xattrs)
            Replace(xattrs, metadata.KeepsXattr);
        if (metadata.AccessAcl is { } access)
            SetAcl(PosixAcl.AccessAttribute, access);
        if (metadata.DefaultAcl is { } defaults)
            SetAcl(PosixAcl.DefaultAttribute, defaults);
        if (metadata.Mode is { } mode && Kind != FileKind.Symlink)
            SetPermissions(mode & 0xFFF);
        Mtime = metadata.Mtime ?? Mtime;
        Atime = metadata.Atime ?? Atime;
    }

    private static bool IsSystem(byte[] attribute) => attribute.AsSpan().StartsWith("system."u8);

    private void Replace(IReadOnlyList<Xattr> xattrs, XattrNames? keeps)
    {
        foreach (var name in Xattrs.Keys.Where(name => !(keeps is null ? IsSystem(name) : keeps(name))).ToList())
            Xattrs.Remove(name);
        foreach (var xattr in xattrs)
            Xattrs[xattr.Name] = xattr.Value;
    }

    private void SetAcl(ReadOnlySpan<byte> attribute, PosixAcl acl)
    {
        if (acl.IsEmpty)
            Xattrs.Remove(attribute.ToArray());
        else
            Xattrs[attribute.ToArray()] = acl.Format();
    }

    // The mode's bits and the plain entries of an access ACL are the same thing; the group's bits are the mask.
    private void SetPermissions(uint permissions)
    {
        Mode = (Mode & 0xF000) | permissions;
        var attribute = PosixAcl.AccessAttribute.ToArray();
        if (!Xattrs.TryGetValue(attribute, out var value) || !PosixAcl.TryParse(value, out var acl))
            return;
        Xattrs[attribute] = new PosixAcl { OwningGroup = acl.OwningGroup, Mask = (int)((permissions >> 3) & 7), Named = acl.Named }
            .WithMode(permissions).Format();
    }
}
