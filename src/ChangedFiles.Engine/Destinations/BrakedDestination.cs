using System.Globalization;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// A destination where no more than a set number of names, or share of them, may be deleted within a minute. A batch that may delete more than it names is
/// tried without changing anything first. What is too much is held until somebody allows it.
/// </summary>
/// <param name="inner">Owned from here on.</param>
/// <param name="rehearsal">The same destination in a dry run. Owned from here on.</param>
/// <param name="source">What is counted to tell a share.</param>
public sealed class BrakedDestination(
    IDestination inner, IDestination rehearsal, DeletionLimit limit, IFileSource source, Selection selection, TimeProvider clock) : IDestination
{
    private static readonly TimeSpan ShortTime = TimeSpan.FromMinutes(1);

    private readonly Queue<(long Timestamp, int Count)> _lately = new();
    private string? _held;
    private volatile bool _allowed;

    public string Name => inner.Name;

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation)
    {
        if (!_allowed)
            Check(batch, cancellation);
        return inner.Deliver(batch, cancellation);
    }

    public TimeSpan Tend()
    {
        // What somebody allowed is done.
        _allowed = false;
        rehearsal.Tend();
        return inner.Tend();
    }

    public void Dispose()
    {
        rehearsal.Dispose();
        inner.Dispose();
    }

    private void Check(PlannedBatch batch, CancellationToken cancellation)
    {
        while (_held is null && _lately.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Timestamp) > ShortTime)
            _lately.Dequeue();
        if (_held is null && Deletions(batch, cancellation) is var count and > 0)
        {
            var sum = count + _lately.Sum(earlier => earlier.Count);
            if (limit.Allows(sum, HasNames))
                _lately.Enqueue((clock.GetTimestamp(), count));
            else
                _held = string.Create(CultureInfo.InvariantCulture, $"{Name}: {count:N0} more names would be deleted, {sum:N0} within a minute; --max-delete={limit} does not allow that");
        }
        if (_held is { } reason)
            throw new DestinationException(reason, permanent: false, ExitCode.MaxDelete) { Allow = Allow };
    }

    private void Allow()
    {
        _allowed = true;
        _held = null;
        _lately.Clear();
    }

    /// <summary>What a batch deletes; what it only renames does not count.</summary>
    private int Deletions(PlannedBatch batch, CancellationToken cancellation)
    {
        var named = batch.Items.Where(item => item.Action == PlannedAction.Delete).Select(item => item.Path);
        var subtrees = batch.Marks.Where(mark => mark.Subtree || mark.Names).Select(mark => mark.Path).ToHashSet();
        var mayBeMore = batch.Swept.Count > 0 || named.Any(subtrees.Contains);
        var gone = mayBeMore
            ? rehearsal.Deliver(batch, cancellation).Changes.Where(change => change.Kind == ChangeKind.Delete).Select(change => change.Path)
            : named;
        var renamed = batch.Renames.Select(rename => rename.From).ToHashSet();
        return gone.Count(path => !IsAtOrBelow(path, renamed));
    }

    private static bool IsAtOrBelow(TreePath path, HashSet<TreePath> paths)
    {
        for (; paths.Count > 0 && !path.IsRoot; path = path.Parent)
        {
            if (paths.Contains(path))
                return true;
        }
        return false;
    }

    /// <summary>Whether the source has so many names; looks no further than it must.</summary>
    private bool HasNames(long wanted) => wanted <= 0 || source.Names(selection.Excludes).Any(_ => --wanted == 0);
}
