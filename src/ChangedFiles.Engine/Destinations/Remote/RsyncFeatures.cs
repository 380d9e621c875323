using ChangedFiles.Rsync;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>What a server takes; what it refuses once is not asked of it again.</summary>
internal sealed record RsyncFeatures
{
    /// <summary>
    /// Deleting by a name with mode 0 costs nothing extra; some releases reject it, and then filter rules do it (docs/protocol.md 15).
    /// </summary>
    public bool DeleteByName { get; init; } = true;

    /// <summary>Names of one inode.</summary>
    public bool HardLinks { get; init; } = true;

    /// <summary>Directories made of hard links to what another one has.</summary>
    public bool LinkDest { get; init; } = true;

    /// <summary>Showing now and then that it lives, and ending when we do not.</summary>
    public bool Timeout { get; init; } = true;

    /// <summary>Comparing the content of files that look the same.</summary>
    public bool IgnoreTimes { get; init; } = true;

    /// <summary>What is left after this failure; null when it is no refusal of something that can be done without.</summary>
    public RsyncFeatures? Without(RsyncException failure)
    {
        if (!failure.FromPeer)
            return null;
        var fewer = failure.Message switch
        {
            var text when text.Contains("invalid file mode", StringComparison.OrdinalIgnoreCase) => this with { DeleteByName = false },
            var text when !text.Contains("refuse", StringComparison.Ordinal) => this,
            var text when text.Contains("--link-dest", StringComparison.Ordinal) => this with { LinkDest = false },
            var text when text.Contains("--hard-links", StringComparison.Ordinal) => this with { HardLinks = false, LinkDest = false },
            var text when text.Contains("--ignore-times", StringComparison.Ordinal) => this with { IgnoreTimes = false },
            var text when text.Contains("--timeout", StringComparison.Ordinal) => this with { Timeout = false },
            _ => this,
        };
        return fewer == this ? null : fewer;
    }
}
