using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// Keeps one destination up to date, on a thread of its own: takes what is dirty, plans it, delivers it. While a batch is in flight the next one
/// collects, so a lone change goes at once and a burst goes in large batches. What is not confirmed goes back and is tried again.
/// </summary>
public sealed class DestinationWorker : IDisposable
{
    private const int MarksPerBatch = 20_000;
    private const int FirstEntryBudget = 1_000;
    private const int LargestEntryBudget = 20_000;

    /// <summary>How long the event that explains an odd finding may take to come.</summary>
    private static readonly TimeSpan PutOff = TimeSpan.FromMilliseconds(10);

    /// <summary>How often to look whether something is in an empty source.</summary>
    private static readonly TimeSpan SourceInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>As long as a wait can be told to be.</summary>
    private static readonly TimeSpan VeryLong = TimeSpan.FromDays(20);

    private readonly IDestination _destination;
    private readonly Planner _planner;
    private readonly TimeProvider _clock;
    private readonly Action _checkSource;
    private readonly Thread _thread;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _abort = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly FailingNames _failing;
    private readonly StatusBoard _status;
    private volatile bool _draining;
    private bool _drained;
    private int _verify;
    private ConfirmedProgress? _progress;
    private long _awayUntil;
    private Action? _allow;
    private long _lastRecheck;

    /// <param name="destination">Owned from here on.</param>
    /// <param name="planner">For this worker alone.</param>
    /// <param name="changes">What is dirty for this destination.</param>
    /// <param name="checkSource">Throws <see cref="SourceLostException"/> when the source is not what it was.</param>
    /// <param name="random">Spreads the retries; a seeded one makes every turn repeatable.</param>
    public DestinationWorker(
        IDestination destination, Planner planner, DirtyTree changes, Action checkSource, TimeProvider clock, Random? random = null)
    {
        _backoff = new Backoff(random ?? Random.Shared);
        (_destination, _planner, Changes, _checkSource, _clock) = (destination, planner, changes, checkSource, clock);
        _status = new StatusBoard(destination.Name, clock);
        _failing = new FailingNames(changes);
        _planner.EntryBudget = FirstEntryBudget;
        _planner.HeldUntil = changes.HeldUntil;
        _lastRecheck = clock.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = $"to {destination.Name}" };
    }

    /// <summary>What is dirty for this destination.</summary>
    public DirtyTree Changes { get; }

    /// <summary>A name that could not be delivered, once for each reason. On the worker's thread.</summary>
    public Action<FailedPath>? OnFailure
    {
        get => _failing.OnFailure;
        set => _failing.OnFailure = value;
    }

    /// <summary>The state changed. On the worker's thread.</summary>
    public Action<DestinationStatus>? OnState { get; set; }

    /// <summary>A batch was confirmed: what it was, and when planning began. On the worker's thread.</summary>
    public Action<PlannedBatch, Delivery>? OnDelivered { get; set; }

    /// <summary>A look at everything came to its end. On the worker's thread.</summary>
    public Action? OnPassEnded { get; set; }

    /// <summary>
    /// How often everything is looked at, for changes that nobody tells of: stores to mapped memory, writes by names outside of the tree. Zero for never.
    /// </summary>
    public TimeSpan Recheck { get; init; }

    /// <summary>What ended the destination for good, with rsync's exit code for it.</summary>
    public ExitCode FinalExitCode { get; private set; }

    /// <summary>A moment's truth.</summary>
    public DestinationStatus Status
    {
        get
        {
            // The time first: what is marked after it does not count against it.
            var now = _clock.GetUtcNow();
            var lag = Changes.OldestUnconfirmed is { } since ? _clock.GetElapsedTime(since) : TimeSpan.Zero;
            var noted = _status.Noted;
            return noted with
            {
                Pending = Changes.Unconfirmed,
                Lag = lag,
                Watermark = now - lag,
                NextAttempt = IsAway && noted.State == DestinationState.Away ? _clock.GetElapsedTime(_clock.GetTimestamp(), _awayUntil) : null,
            };
        }
    }

    /// <summary>
    /// Waits until everything that was seen before a timestamp of the clock is at the destination. False when that is not so within
    /// <paramref name="limit"/>, or nothing will be delivered any more.
    /// </summary>
    public bool WaitConfirmed(long before, TimeSpan limit) => Changes.WaitConfirmed(before, HasEnded ? TimeSpan.Zero : limit);

    /// <summary>Lets the worker know, over its end, what is the same at the destination. Before <see cref="Start"/>.</summary>
    public void Remember(ConfirmedDirectories confirmed)
    {
        _planner.Confirmed = confirmed;
        _progress = new ConfirmedProgress(confirmed, _clock);
    }

    /// <summary>Compares everything with the destination, whatever is known of it: somebody else may have changed it.</summary>
    public void Verify()
    {
        Interlocked.Exchange(ref _verify, 1);
        Changes.MarkEverything(trusting: false);
    }

    /// <summary>Goes on with what is held. False when nothing is.</summary>
    public bool Resume()
    {
        if (Interlocked.Exchange(ref _allow, null) is not { } allow)
            return false;
        allow();
        Volatile.Write(ref _awayUntil, 0);
        _stop.Set();
        return true;
    }

    public void Start() => _thread.Start();

    /// <summary>Delivers what is pending, then ends. A destination that is away is not waited for.</summary>
    public void Finish()
    {
        Changes.ReleaseAll();
        _draining = true;
        _stop.Set();
        Changes.Wake();
    }

    /// <summary>Ends at once; what is in flight stays unconfirmed.</summary>
    public void Abort()
    {
        Finish();
        _abort.Cancel();
    }

    /// <summary>Stops delivering for the destination's safety; it keeps what it has.</summary>
    public void Halt(string reason)
    {
        End(DestinationState.Halted, reason, ExitCode.FileSelection);
        Abort();
    }

    /// <summary>Waits for the end of the worker.</summary>
    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    public void Dispose()
    {
        Abort();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted) || _thread.Join(TimeSpan.FromSeconds(10)))
            _destination.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!HasEnded)
            {
                var pause = Turn();
                if (IsAway)
                    WaitAway(pause);
                else if (pause != TimeSpan.Zero)
                    Changes.Wait(pause);
            }
        }
        catch (Exception bug)
        {
            // Not foreseen, and not to be hidden: the destination is out, the others go on.
            End(DestinationState.Failed, $"internal error: {bug}", ExitCode.Ipc);
        }
    }

    private void WaitAway(TimeSpan pause)
    {
        _stop.Wait(pause);
        if (!_draining)
            _stop.Reset();
    }

    /// <summary>Nothing will be delivered any more.</summary>
    public bool HasEnded => _abort.IsCancellationRequested || _status.IsFinal || _drained;

    /// <summary>Not to be tried yet. The end does not wait for it, but tries once more.</summary>
    private bool IsAway => !_draining && Volatile.Read(ref _awayUntil) > _clock.GetTimestamp();

    /// <summary>Delivers one batch where there is something to deliver; never waits for changes or for a destination that is away.</summary>
    /// <returns>How long nothing is to be done unless a mark is made meanwhile.</returns>
    internal TimeSpan Turn()
    {
        if (IsAway)
            return _clock.GetElapsedTime(_clock.GetTimestamp(), _awayUntil);
        var draining = _draining;
        if (Interlocked.Exchange(ref _verify, 0) != 0)
            CompareEverything();
        var nextRecheck = LookAtEverything();
        if (Changes.Wait(TimeSpan.Zero))
        {
            Deliver();
            return TimeSpan.Zero;
        }
        if (_progress is null || !LookAgain(draining))
            _drained = draining;
        return _drained || draining ? TimeSpan.Zero : Sooner(Sooner(_destination.Tend(), _progress?.NextLook), nextRecheck);
    }

    /// <summary>When it is time for it.</summary>
    /// <returns>When it will be.</returns>
    private TimeSpan? LookAtEverything()
    {
        if (Recheck <= TimeSpan.Zero)
            return null;
        if (_clock.GetElapsedTime(_lastRecheck) >= Recheck)
        {
            _lastRecheck = _clock.GetTimestamp();
            Changes.MarkEverything(trusting: true);
        }
        return Recheck - _clock.GetElapsedTime(_lastRecheck);
    }

    /// <summary>With nothing else to do, compares once more what changed lately.</summary>
    private bool LookAgain(bool draining)
    {
        var touched = _progress!.TakeTouched(draining);
        foreach (var directory in touched)
            Changes.MarkNames(directory);
        if (draining && touched.Count == 0)
            _progress.Save();
        return touched.Count > 0;
    }

    private static TimeSpan Sooner(TimeSpan one, TimeSpan? other) =>
        other is not { } set || set == Timeout.InfiniteTimeSpan ? one
        : one == Timeout.InfiniteTimeSpan || set < one ? (set < TimeSpan.Zero ? TimeSpan.Zero : set)
        : one;

    private void CompareEverything()
    {
        _progress?.Forget();
        Changes.MarkEverything(trusting: false);
    }

    private void Deliver()
    {
        var marks = Changes.Take(MarksPerBatch);
        if (marks.Count == 0)
            return;
        PlannedBatch? batch = null;
        try
        {
            _checkSource();
            batch = _planner.Plan(marks, _clock.GetUtcNow());
            var planned = _clock.GetTimestamp();
            _progress?.Begin(batch);
            var delivery = batch.Items.Count > 0 ? _destination.Deliver(batch, _abort.Token) : new Delivery { Failures = batch.Failures };
            Settle(batch, delivery, planned);
            Remember(batch, delivery);
        }
        catch (DestinationException away)
        {
            var unanswered = batch?.Marks ?? marks;
            if (batch is not null)
                Broke(batch);
            Changes.Return(away.Interrupted ? unanswered.Concat(Interrupted(batch!)) : unanswered);
            if (away.NeedsEverything)
                CompareEverything();
            GoAway(away);
        }
        catch (SourceLostException lost)
        {
            Changes.Return(marks);
            if (lost.IsEmpty && IsNew)
                WaitForSource(lost.Message);
            else
                End(DestinationState.Halted, lost.Message, ExitCode.FileSelection);
        }
        catch (OperationCanceledException)
        {
            Changes.Return(marks);
        }
    }

    /// <summary>A receiver that was killed leaves half-written files under temporary names, which only a look at the whole directory finds.</summary>
    private static IEnumerable<DirtyMark> Interrupted(PlannedBatch batch)
    {
        var since = batch.Marks.Min(mark => mark.Since);
        return batch.Items.Where(item => item.Stat.IsRegular && item.Action == PlannedAction.Send).Select(item => item.Path.Parent).Distinct()
            .Select(directory => new DirtyMark(directory) { Names = true, Since = since });
    }

    private void Settle(PlannedBatch batch, Delivery delivery, long planned)
    {
        // Marks that were made since the batch was taken are in the tree anyway; these are for changes no event told of.
        var asPlanned = delivery is { Failures.Count: 0, Complaints.Count: 0 };
        var again = _planner.Recheck(batch, planned, delivery.Brought, asPlanned);
        var rest = batch.Remainder.Select(mark => mark with { IsThere = mark.IsThere && asPlanned });
        var putOff = batch.PutOff.Select(mark => mark with { NotBefore = _draining ? 0 : Math.Max(mark.NotBefore, Changes.After(PutOff)) });
        var left = delivery.Interrupted ? Interrupted(batch) : [];
        Changes.Return([.. again, .. rest, .. putOff, .. left, .. _failing.Retries(batch, delivery)]);
        _backoff.Reset();
        _planner.EntryBudget = Math.Min(LargestEntryBudget, _planner.EntryBudget * 2);
        Note(batch, delivery);
        OnDelivered?.Invoke(batch, delivery);
    }

    private void Remember(PlannedBatch batch, Delivery delivery)
    {
        if (_progress is null)
            return;
        if (!_progress.Note(batch, delivery))
            CompareEverything();
        else if (Changes.Unconfirmed <= _failing.Count && _progress.CaughtUp())
            OnPassEnded?.Invoke();
    }

    private void Broke(PlannedBatch batch)
    {
        _planner.Broke(batch);
        _progress?.Broke(batch);
    }

    private void Note(PlannedBatch batch, Delivery delivery)
    {
        var changed = _status.Note(batch, delivery, _failing, caughtUp: Changes.Unconfirmed <= _failing.Count);
        if (_status.Noted.State == DestinationState.Following && !_planner.SearchesLinks)
        {
            _planner.SearchesLinks = true;
            if (_planner.HasNotSearched)
                Changes.Mark(TreePath.Root);
        }
        if (changed)
            OnState?.Invoke(Status);
    }

    /// <summary>Nothing of the source was ever at the destination. An end does not wait for it.</summary>
    private bool IsNew => _status.Noted is { Batches: 0, State: var state } && (state == DestinationState.Waiting || (!_draining && _progress is { IsNew: true }));

    private void WaitForSource(string reason)
    {
        if (_draining)
            _abort.Cancel();
        else
            Volatile.Write(ref _awayUntil, Changes.After(SourceInterval));
        Enter(DestinationState.Waiting, reason);
    }

    private void GoAway(DestinationException away)
    {
        if (away.Permanent && _status.Noted.Batches == 0)
        {
            End(DestinationState.Failed, away.Message, away.ExitCode);
            return;
        }
        FinalExitCode = away.ExitCode;
        if (_draining)
            _abort.Cancel();
        else
            Volatile.Write(ref _awayUntil, Changes.After(away.Allow is null ? _backoff.Next() : VeryLong));
        Volatile.Write(ref _allow, away.Allow);
        Enter(away.Allow is null ? DestinationState.Away : DestinationState.Held, away.Message);
    }

    private void End(DestinationState state, string reason, ExitCode exitCode)
    {
        FinalExitCode = exitCode;
        Enter(state, reason);
    }

    private void Enter(DestinationState state, string reason)
    {
        if (_status.Enter(state, reason))
            OnState?.Invoke(Status);
    }
}
