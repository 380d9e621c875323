using System.Collections.Frozen;
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

    /// <summary>
    /// What the destination may have under another name, so that its data need not travel. It is only a saving: the items alone bring all of the state about.
    /// Every <see cref="PlannedRename.From"/> is among the items too, or below one that is deleted or replaced.
    /// </summary>
    public IReadOnlyList<PlannedRename> Renames { get; init; } = [];

    /// <summary>
    /// Names that the destination may have as one file with names that are another one, and would take for up to date: nothing is to be changed in place there, as
    /// that would change the others too.
    /// </summary>
    public IReadOnlySet<TreePath> Apart { get; init; } = FrozenSet<TreePath>.Empty;

    /// <summary>
    /// Files that were written: where the destination has one that looks the same, in size and time of modification, the content is compared. All names of each.
    /// </summary>
    public IReadOnlySet<TreePath> InDoubt { get; init; } = FrozenSet<TreePath>.Empty;

    /// <summary>The time of day before the first of it was looked at.</summary>
    public DateTimeOffset Looked { get; init; }

    /// <summary>The marks this batch answers, and one for each name that it found to be in question too.</summary>
    public required IReadOnlyList<DirtyMark> Marks { get; init; }

    /// <summary>Subtrees that did not fit: marks for the next batch.</summary>
    public IReadOnlyList<DirtyMark> Remainder { get; init; } = [];

    /// <summary>Directories that are swept, as they were; known to be the same at the destination once this batch is confirmed.</summary>
    public IReadOnlyList<SweptDirectory> Swept { get; init; } = [];

    /// <summary>
    /// Names that were renamed again, or away, since they were marked: to be looked at again in a moment, when the event that tells where to has come. Until then
    /// the destination keeps what it has of them. The same of directories in which somebody is writing a file that is to be left alone.
    /// </summary>
    public IReadOnlyList<DirtyMark> PutOff { get; init; } = [];

    /// <summary>Names that could not be looked at, and why; the destination keeps what it has there.</summary>
    public IReadOnlyList<FailedPath> Failures { get; init; } = [];
}

/// <summary>What is at one name now was at another when the destination last heard of it. A destination checks size and time before it believes it.</summary>
/// <param name="From">The name that the destination knows.</param>
/// <param name="To">A file or directory, also among the batch's items.</param>
/// <param name="Contents">Of a directory: what may have moved with it, parents first, looked at as it is asked for. Null for a file.</param>
/// <param name="Unknown">In a directory: names that did not come with it, whatever the destination has there.</param>
public sealed record PlannedRename(TreePath From, PlannedItem To, Func<IEnumerable<PlannedItem>>? Contents, IReadOnlyCollection<TreePath> Unknown);

/// <summary>A name that is not as it should be at the destination, and the reason in words.</summary>
public readonly record struct FailedPath(TreePath Path, string Reason);
