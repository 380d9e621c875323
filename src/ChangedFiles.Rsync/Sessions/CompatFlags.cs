namespace ChangedFiles.Rsync.Sessions;

/// <summary>What the server decided about details of the protocol (docs/protocol.md 2.2).</summary>
[Flags]
internal enum CompatFlags
{
    None = 0,
    /// <summary>The file list comes in pieces (6.8).</summary>
    IncrementalRecursion = 0x001,
    SymlinkTimes = 0x002,
    SymlinkIconv = 0x004,
    /// <summary>The end of a file list may carry an error value (6.4).</summary>
    SafeFileList = 0x008,
    /// <summary>Xattr requests also for hard-link items (9.3).</summary>
    AvoidXattrShortcut = 0x010,
    /// <summary>MD5 block sums hash the seed first (7.4).</summary>
    ChecksumSeedFix = 0x020,
    /// <summary>A basis in the partial-dir is updated in place (7.7).</summary>
    InplacePartialDir = 0x040,
    /// <summary>Flags and ends of file lists are varints; names of algorithms are negotiated (2.4).</summary>
    VarintFileListFlags = 0x080,
    /// <summary>Id lists end with the name of id 0 (6.5).</summary>
    Id0Names = 0x100,
}
