namespace ChangedFiles.Rsync.Options;

/// <summary>What is said of an item (docs/protocol.md 8). The low 16 bits travel; the rest is of this side only.</summary>
[Flags]
public enum ItemFlags : uint
{
    /// <summary>Nothing differs.</summary>
    None = 0,

    /// <summary>Access time differs.</summary>
    ReportAtime = 1 << 0,

    /// <summary>Content (as far as known without a transfer) or a link's value differs.</summary>
    ReportChange = 1 << 1,

    /// <summary>Size differs; for a symbolic link: its time cannot be set.</summary>
    ReportSize = 1 << 2,

    /// <summary>Modification time differs.</summary>
    ReportTime = 1 << 3,

    /// <summary>Permissions differ.</summary>
    ReportPerms = 1 << 4,

    /// <summary>Owner differs.</summary>
    ReportOwner = 1 << 5,

    /// <summary>Group differs.</summary>
    ReportGroup = 1 << 6,

    /// <summary>ACL differs.</summary>
    ReportAcl = 1 << 7,

    /// <summary>Extended attributes differ.</summary>
    ReportXattr = 1 << 8,

    /// <summary>Creation time differs.</summary>
    ReportCrtime = 1 << 10,

    /// <summary>A byte follows that says what the basis is.</summary>
    BasisTypeFollows = 1 << 11,

    /// <summary>A further name follows.</summary>
    XnameFollows = 1 << 12,

    /// <summary>It did not exist.</summary>
    IsNew = 1 << 13,

    /// <summary>It was made or changed without data from the sender.</summary>
    LocalChange = 1 << 14,

    /// <summary>The sender is asked for its data.</summary>
    Transfer = 1 << 15,

    /// <summary>The sender could not give the data.</summary>
    MissingData = 1 << 16,

    /// <summary>It was deleted.</summary>
    Deleted = 1 << 17,

    /// <summary>Identical data was found, but the item is reported all the same.</summary>
    Matched = 1 << 18,

    /// <summary>The bits that travel.</summary>
    OnWire = 0xFFFF,

    /// <summary>The bits that are no reason for a report by themselves (docs/protocol.md 7.1).</summary>
    NotSignificant = BasisTypeFollows | XnameFollows | LocalChange,
}
