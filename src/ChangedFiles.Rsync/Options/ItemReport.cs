using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options;

/// <summary>
/// What a session tells of one item: a transfer, an attribute change, a deletion. The memory is the session's and only
/// valid during the call; whoever keeps a report copies it.
/// </summary>
public readonly record struct ItemReport
{
    /// <summary>The name as it is in the file list, relative to the transfer's top, without a trailing slash.</summary>
    public required ReadOnlyMemory<byte> Name { get; init; }

    /// <summary>Where the sender found it: the directory it entered for the source argument, for <c>%f</c>; empty on the receiving side.</summary>
    public ReadOnlyMemory<byte> Directory { get; init; }

    /// <summary>What happened or would happen.</summary>
    public ItemFlags Flags { get; init; }

    /// <summary>Type and permission bits of the sender's file; of a deleted one as far as known.</summary>
    public uint Mode { get; init; }

    /// <summary>Bytes of the sender's file.</summary>
    public long Length { get; init; }

    /// <summary>The sender's modification time.</summary>
    public FileTime Mtime { get; init; }

    /// <summary>The sender's owner; meaningful when owners are preserved.</summary>
    public uint Uid { get; init; }

    /// <summary>The sender's group; meaningful when groups are preserved.</summary>
    public uint Gid { get; init; }

    /// <summary>The text of a symbolic link; otherwise empty.</summary>
    public ReadOnlyMemory<byte> LinkTarget { get; init; }

    /// <summary>For a new hard link: the name it is linked to. For a fuzzy basis: its name. Otherwise empty.</summary>
    public ReadOnlyMemory<byte> Xname { get; init; }

    /// <summary>True on the sending side.</summary>
    public bool Sending { get; init; }

    /// <summary>Bytes of file data that went over the wire for it (<c>%b</c>).</summary>
    public long BytesTransferred { get; init; }

    /// <summary>Bytes of block checksums that went over the wire for it (<c>%c</c>).</summary>
    public long ChecksumBytes { get; init; }

    /// <summary>The file's checksum, for <c>%C</c>; empty where none was made.</summary>
    public ReadOnlyMemory<byte> Checksum { get; init; }

    /// <summary>What it is, out of <see cref="Mode"/>.</summary>
    public FileKind Kind => (FileKind)(Mode & 0xF000);
}
