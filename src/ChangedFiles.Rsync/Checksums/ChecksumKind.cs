namespace ChangedFiles.Rsync.Checksums;

/// <summary>A strong checksum of the protocol (docs/protocol.md 7.4).</summary>
internal enum ChecksumKind
{
    /// <summary>No checksum: every file is sent whole, its digest is one zero byte.</summary>
    None,
    Md4,
    Md5,
    Sha1,
    XxHash64,
    Xxh3,
    Xxh128,
}
