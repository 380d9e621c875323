using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// One place that is kept equal to the source. Used by one worker; every call blocks. Delivering the same batch again, also after it was
/// interrupted anywhere, does no harm and ends in the same state.
/// </summary>
public interface IDestination : IDisposable
{
    /// <summary>As the user wrote it.</summary>
    string Name { get; }

    /// <summary>Brings a batch about.</summary>
    /// <returns>What did not succeed for single names; everything else is in place.</returns>
    /// <exception cref="DestinationException">The destination is away or refuses; nothing of the batch is certain.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the batch is certain.</exception>
    Delivery Deliver(PlannedBatch batch, CancellationToken cancellation);

    /// <summary>Called when there is nothing to deliver: keeps what is held open alive.</summary>
    /// <returns>When to call again at the latest; <see cref="Timeout.InfiniteTimeSpan"/> when nothing needs it.</returns>
    TimeSpan Tend();
}

/// <summary>What came of a batch that reached its end.</summary>
public sealed record Delivery
{
    /// <summary>Names that are not as they should be there, and why.</summary>
    public IReadOnlyList<FailedPath> Failures { get; init; } = [];

    /// <summary>Complaints that could not be assigned to a name: any of the batch may be concerned.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];

    /// <summary>What was changed, but for renames, or what a dry run would have changed. Empty where nobody asked for it.</summary>
    public IReadOnlyList<NameChange> Changes { get; init; } = [];

    /// <summary>Directories that were not there.</summary>
    public IReadOnlyList<TreePath> Created { get; init; } = [];

    /// <summary>Files whose content the destination took or compared. Of several names of one, at least one.</summary>
    public IReadOnlyCollection<TreePath> Brought { get; init; } = [];

    /// <summary>An attempt before the one that reached its end broke off, so that something half-done may be left.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Files whose contents travelled.</summary>
    public long Files { get; init; }

    /// <summary>Bytes that travelled to the destination, all told.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes of file contents that travelled.</summary>
    public long LiteralBytes { get; init; }

    /// <summary>Bytes of file contents that the destination had.</summary>
    public long MatchedBytes { get; init; }
}

/// <summary>The destination as a whole could not be served.</summary>
/// <param name="permanent">Waiting will not help: somebody has to change something.</param>
/// <param name="exitCode">What rsync would exit with.</param>
public sealed class DestinationException(string message, bool permanent, Rsync.Options.ExitCode exitCode, Exception? cause = null)
    : Exception(message, cause)
{
    public bool Permanent { get; } = permanent;

    public Rsync.Options.ExitCode ExitCode { get; } = exitCode;

    /// <summary>It went while the batch was on its way, so that something half-done may be left.</summary>
    public bool Interrupted { get; init; }

    /// <summary>It waits for somebody's word: what to call when that has come. Null when it is tried again by itself.</summary>
    public Action? Allow { get; init; }

    /// <summary>What comes back may be another place: everything has to be compared again.</summary>
    public bool NeedsEverything { get; init; }
}
