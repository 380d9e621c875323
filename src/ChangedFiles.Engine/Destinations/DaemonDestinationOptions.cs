using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Engine.Destinations;

/// <summary>A directory in a module of an rsync daemon, and how it is kept.</summary>
public sealed record DaemonDestinationOptions
{
    /// <summary>As the user wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>The module.</summary>
    public required DaemonAddress Address { get; init; }

    /// <summary>The directory in the module, without slashes at the ends; empty is the module itself.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Null when the module asks nobody.</summary>
    public byte[]? Password { get; init; }

    /// <summary>What vanished at the source goes at the destination.</summary>
    public bool Delete { get; init; } = true;

    /// <summary>Nothing is changed; <see cref="Delivery.Foreseen"/> tells what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>Owners and groups by number, not by name.</summary>
    public bool NumericIds { get; init; }

    /// <summary>Rules that protect what is left out of the mirror, in wire form (docs/protocol.md 5.2).</summary>
    public IReadOnlyList<byte[]> Filters { get; init; } = [];

    /// <summary>Sessions opened ahead of the next change; each is one connection of the module's "max connections".</summary>
    public int WarmSessions { get; init; } = 2;

    /// <summary>Longest silence of the daemon in the middle of a session.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The session's options as the library knows them. They and <see cref="Arguments"/> say the same.</summary>
    internal TransferOptions Transfer(bool deleteByName) => new()
    {
        DryRun = DryRun,
        Preserve = PreserveOptions.Archive with { HardLinks = 1, NumericIds = NumericIds },
        Selection = new SelectionOptions { Dirs = true, Relative = true, MissingArgs = deleteByName && Delete ? MissingArgs.Delete : MissingArgs.Report },
        Comparison = new ComparisonOptions { ModifyWindow = -1 },
        Deletion = new DeletionOptions { Mode = Delete ? DeleteMode.Unspecified : DeleteMode.None, Force = true },
    };

    /// <summary>What a batch session asks of the daemon (docs/architecture.md, "The batch session").</summary>
    internal IReadOnlyList<byte[]> Arguments(bool deleteByName)
    {
        List<string> words = ["--server", "-HdlogDtpRe.LsfxCIvu", "--no-r", "--force"];
        // The log format makes the daemon name what it would delete.
        if (DryRun)
            words.AddRange("-n", "--log-format=%i");
        if (Delete)
            words.Add("--delete");
        if (Delete && deleteByName)
            words.Add("--delete-missing-args");
        if (NumericIds)
            words.Add("--numeric-ids");
        // Without it the receiver compares whole seconds and takes a second save within one second for the first.
        words.Add("-@-1");
        words.Add(".");
        words.Add($"{Address.Module}/{(Directory.Length == 0 ? "" : Directory + "/")}");
        return [.. words.Select(Encoding.UTF8.GetBytes)];
    }
}
