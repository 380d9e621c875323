using ChangedFiles.Engine.Changes;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// What one visit to a destination is to bring about, whatever kind of destination that is. It describes a state, not a history: bringing it
/// about twice, or after half of it was done, ends the same.
/// </summary>
public sealed record PlannedBatch
{
    /// <summary>Every name once. The parents of every item that is not deleted are among them, and none of them is below a deleted one.</summary>
    public required IReadOnlyCollection<PlannedItem> Items { get; init; }

    /// <summary>The marks this batch answers.</summary>
    public required IReadOnlyList<DirtyMark> Marks { get; init; }

    /// <summary>Subtrees that did not fit: marks for the next batch.</summary>
    public IReadOnlyList<DirtyMark> Remainder { get; init; } = [];

    /// <summary>Directories that are swept, as they were; known to be the same at the destination once this batch is confirmed.</summary>
    public IReadOnlyList<SweptDirectory> Swept { get; init; } = [];

    /// <summary>Names that could not be looked at, and why; the destination keeps what it has there.</summary>
    public IReadOnlyList<FailedPath> Failures { get; init; } = [];
}

/// <summary>A name that is not as it should be at the destination, and the reason in words.</summary>
public readonly record struct FailedPath(TreePath Path, string Reason);
