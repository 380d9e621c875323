using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Engine.Destinations;

/// <summary>What a destination does and has done. Its worker writes, any thread reads.</summary>
internal sealed class StatusBoard(string name, TimeProvider clock)
{
    private const int ListedFailures = 20;

    private readonly Lock _lock = new();
    private DestinationStatus _status = new() { Name = name, State = DestinationState.Syncing };

    /// <summary>As it was last noted: without what a moment's look at the changes adds.</summary>
    public DestinationStatus Noted
    {
        get
        {
            lock (_lock)
                return _status;
        }
    }

    /// <summary>Given up or halted: nothing changes that.</summary>
    public bool IsFinal => Noted.State is DestinationState.Failed or DestinationState.Halted;

    /// <summary>False when nothing is new.</summary>
    public bool Enter(DestinationState state, string reason)
    {
        lock (_lock)
        {
            if (IsFinal || (_status.State == state && _status.Reason == reason))
                return false;
            _status = _status with { State = state, Reason = reason };
            return true;
        }
    }

    /// <summary>A batch was confirmed.</summary>
    /// <param name="caughtUp">All is confirmed but what fails.</param>
    /// <returns>Whether the state is another one now.</returns>
    public bool Note(PlannedBatch batch, Delivery delivery, FailingNames failing, bool caughtUp)
    {
        lock (_lock)
        {
            var (before, reason) = (_status.State, _status.Reason);
            var state = IsFinal ? before : before == DestinationState.Following || caughtUp ? DestinationState.Following : DestinationState.Syncing;
            _status = _status with
            {
                State = state,
                Reason = IsFinal ? reason : null,
                Failures = [.. failing.All.Take(ListedFailures)],
                FailureCount = failing.Count,
                LastSuccess = clock.GetUtcNow(),
                LastPath = batch.Marks[^1].Path.ToString(),
                Batches = _status.Batches + 1,
                Names = _status.Names + batch.Items.Count,
                NamedBytes = _status.NamedBytes + batch.Items.Sum(item => item.Stat.IsRegular ? item.Stat.Size : 0),
                Files = _status.Files + delivery.Files,
                BytesSent = _status.BytesSent + delivery.BytesSent,
                LiteralBytes = _status.LiteralBytes + delivery.LiteralBytes,
                MatchedBytes = _status.MatchedBytes + delivery.MatchedBytes,
            };
            return state != before;
        }
    }
}
