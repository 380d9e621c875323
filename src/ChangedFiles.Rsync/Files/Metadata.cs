using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>What to set on an inode; what is null stays as it is.</summary>
public readonly record struct Metadata
{
    /// <summary>Owner. Without root's rights it cannot be given away and is silently left, as rsync leaves it.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group. Without root's rights one that this process is no member of is silently left.</summary>
    public uint? Gid { get; init; }

    /// <summary>Permission bits; type bits may be there too. A symbolic link has none, so they are left when the type says that.</summary>
    public uint? Mode { get; init; }

    public FileTime? Mtime { get; init; }

    public FileTime? Atime { get; init; }

    /// <summary>All extended attributes it shall have: others are removed, apart from <c>system.*</c> and what this user cannot reach.</summary>
    public IReadOnlyList<Xattr>? Xattrs { get; init; }

    /// <summary>Says of attributes that are there and not in <see cref="Xattrs"/> which are left alone; null: as said there.</summary>
    public XattrNames? KeepsXattr { get; init; }

    /// <summary>The access ACL; an empty one leaves only the mode.</summary>
    public PosixAcl? AccessAcl { get; init; }

    /// <summary>The default ACL of a directory; an empty one removes it.</summary>
    public PosixAcl? DefaultAcl { get; init; }

    /// <summary>An owner or group that cannot be set is an error, after which nothing else is set.</summary>
    internal bool RequiresOwner { get; init; }

    /// <summary>True when there is nothing to set.</summary>
    internal bool IsEmpty => Uid is null && Gid is null && Mode is null && Mtime is null && Atime is null
        && Xattrs is null && AccessAcl is null && DefaultAcl is null;
}

/// <summary>A choice of extended attributes by their names.</summary>
public delegate bool XattrNames(ReadOnlySpan<byte> name);

/// <summary>An extended attribute.</summary>
/// <param name="Name">With its namespace, for example <c>user.x</c>; 1..255 bytes.</param>
/// <param name="Value">The value; may be empty.</param>
public readonly record struct Xattr(byte[] Name, byte[] Value);

/// <summary>Parts of <see cref="Metadata"/>, to say which could not be set.</summary>
[Flags]
public enum MetadataParts
{
    None = 0,
    Owner = 1,
    Xattrs = 2,
    Acl = 4,
    Mode = 8,
    Times = 16,
}
