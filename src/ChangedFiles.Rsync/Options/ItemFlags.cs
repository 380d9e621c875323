namespace ChangedFiles.Rsync.Options;

/// <summary>What is said of an item (docs/protocol.md 8). The low 16 bits travel; the rest is of this side only.</summary>
[Flags]
public enum ItemFlags : uint
{
    None = 0,
    ReportAtime = 1 << 0,
    ReportChange = 1 << 1,
    /// <summary>Size differs; for a symbolic link: its time cannot be set.</summary>
    ReportSize = 1 << 2,
    ReportTime = 1 << 3,
    ReportPerms = 1 << 4,
    ReportOwner = 1 << 5,
    ReportGroup = 1 << 6,
    ReportAcl = 1 << 7,
    ReportXattr = 1 << 8,
    ReportCrtime = 1 << 10,
    BasisTypeFollows = 1 << 11,
    XnameFollows = 1 << 12,
    IsNew = 1 << 13,
    LocalChange = 1 << 14,
    Transfer = 1 << 15,

    /// <summary>The sender could not give the data.</summary>
    MissingData = 1 << 16,
    Deleted = 1 << 17,
    /// <summary>Identical data was found, but the item is reported all the same.</summary>
    Matched = 1 << 18,

    /// <summary>The bits that travel.</summary>
    OnWire = 0xFFFF,
    /// <summary>The bits that are no reason for a report by themselves (docs/protocol.md 7.1).</summary>
    NotSignificant = BasisTypeFollows | XnameFollows | LocalChange,
}
