using System.Globalization;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory that a stock rsync serves, and how it is kept.</summary>
internal sealed record RsyncDestinationOptions : DestinationOptions
{
    /// <summary>Where the directory is, and how it is reached. Owned by the destination.</summary>
    public required IRsyncServer Server { get; init; }

    /// <summary>Owners and groups by number, not by name.</summary>
    public bool NumericIds { get; init; }

    /// <summary>Rules that protect what is left out of the mirror, in wire form (docs/protocol.md 5.2).</summary>
    public IReadOnlyList<byte[]> Filters { get; init; } = [];

    /// <summary>Sessions opened ahead of the next change; at a daemon each is one connection of the module's "max connections".</summary>
    public int WarmSessions { get; init; } = 2;

    /// <summary>
    /// Longest time in which nothing moves in the middle of a session. A server that takes what is sent and says nothing is given up after three times that.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>With fewer bytes in a batch, sending them again is quicker than another session for its renames.</summary>
    internal int RenamesFrom { get; init; } = 32 << 10;

    /// <summary>A batch of so many names, or of what is as much work, goes in two sessions.</summary>
    internal int SharesFrom { get; init; } = BatchShares.Worthwhile;

    /// <summary>What the server is told in whole seconds; half of it is the longest that a busy one says nothing.</summary>
    private int ServerTimeout => (int)Math.Ceiling(Timeout.TotalSeconds * 2);

    /// <summary>The session's options as the library knows them. They and <see cref="Words"/> say the same.</summary>
    internal TransferOptions Transfer(RsyncFeatures features) => new()
    {
        DryRun = DryRun,
        Wire = new WireOptions { Timeout = features.Timeout ? ServerTimeout : 0 },
        Preserve = PreserveOptions.Archive with { HardLinks = features.HardLinks ? 1 : 0, NumericIds = NumericIds },
        Selection = new SelectionOptions { Dirs = true, Relative = true, MissingArgs = features.DeleteByName && Delete ? MissingArgs.Delete : MissingArgs.Report },
        Comparison = new ComparisonOptions { ModifyWindow = -1 },
        Deletion = new DeletionOptions { Mode = Delete ? DeleteMode.Unspecified : DeleteMode.None, Force = true },
    };

    /// <summary>What a batch session asks of the server (docs/architecture.md, "The batch session").</summary>
    internal IReadOnlyList<string> Words(RsyncFeatures features)
    {
        List<string> words = ["--server", features.HardLinks ? "-HdlogDtpRe.LsfxCIvu" : "-dlogDtpRe.LsfxCIvu", "--no-r", "--force"];
        if (DryRun)
            words.Add("-n");
        if (NamesChanges)
            words.Add("--log-format=%i");
        if (Delete)
            words.Add("--delete");
        if (Delete && features.DeleteByName)
            words.Add("--delete-missing-args");
        if (NumericIds)
            words.Add("--numeric-ids");
        if (features.Timeout)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"--timeout={ServerTimeout}"));
        // Without it the receiver compares whole seconds and takes a second save within one second for the first.
        words.Add("-@-1");
        return words;
    }
}
