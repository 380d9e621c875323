using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Engine.Destinations;

/// <summary>What a destination is doing.</summary>
public enum DestinationState
{
    /// <summary>The source has been empty since its first mirror began: nothing is done until something is in it.</summary>
    Waiting,
    /// <summary>The first comparison of everything is not through yet.</summary>
    Syncing,
    /// <summary>Everything seen is there, or on its way.</summary>
    Following,
    /// <summary>It does not answer or refuses; tried again with growing pauses.</summary>
    Away,
    /// <summary>More would be deleted than is allowed: waits for somebody's word.</summary>
    Held,
    /// <summary>Given up: somebody has to change something first.</summary>
    Failed,
    /// <summary>Stopped for the safety of the destination: the source is not what it was.</summary>
    Halted,
}

/// <summary>A moment's truth about one destination.</summary>
public sealed record DestinationStatus
{
    public required string Name { get; init; }

    public required DestinationState State { get; init; }

    /// <summary>Why, when it waits, is away, failed or halted.</summary>
    public string? Reason { get; init; }

    /// <summary>Names that are not confirmed.</summary>
    public int Pending { get; init; }

    /// <summary>Age of the oldest change that is not confirmed; zero when all are.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Everything that happened before this moment is confirmed, as far as the source has told of it.</summary>
    public DateTimeOffset Watermark { get; init; }

    /// <summary>When a destination that is away is tried again.</summary>
    public TimeSpan? NextAttempt { get; init; }

    /// <summary>Names that could not be brought there so far, the first of them.</summary>
    public IReadOnlyList<FailedPath> Failures { get; init; } = [];

    /// <summary>How many such names there are.</summary>
    public int FailureCount { get; init; }

    /// <summary>When a batch was last confirmed.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>The name that was last confirmed, for people.</summary>
    public string? LastPath { get; init; }

    public long Batches { get; init; }

    /// <summary>Names looked at, over all batches.</summary>
    public long Names { get; init; }

    /// <summary>Bytes of the regular files among them.</summary>
    public long NamedBytes { get; init; }

    /// <summary>Files whose contents travelled.</summary>
    public long Files { get; init; }

    public long BytesSent { get; init; }

    public long LiteralBytes { get; init; }

    public long MatchedBytes { get; init; }
}
