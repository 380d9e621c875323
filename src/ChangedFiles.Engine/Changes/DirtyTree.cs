using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Changes;

/// <summary>
/// Which names of a tree have to be looked at for one destination. Marking is a dictionary entry; marking again changes nothing.
/// Memory is bounded by the number of distinct names: above the limit the names of the deepest directories collapse into one
/// mark for the directory's whole subtree, in the end into one for the root.
/// </summary>
/// <remarks>
/// Any thread marks; one worker waits and takes. A taken batch is "in flight" (it counts as not confirmed) until it is
/// confirmed or returned.
/// </remarks>
public sealed partial class DirtyTree
{
    /// <summary>Distinct names kept before they collapse: about 40 MB of marks at usual path lengths.</summary>
    public const int DefaultLimit = 200_000;

    private const int LargeTable = 4096;

    private readonly object _lock = new();
    private readonly TimeProvider _clock;
    private readonly int _limit;
    private readonly TimeSpan _settle;
    private readonly bool _isPatient;
    private readonly Queue<TreePath> _ripe = new();
    private readonly PriorityQueue<TreePath, long> _held = new();
    private Dictionary<TreePath, DirtyMark> _marks = [];
    private List<DirtyMark> _inFlight = [];
    private int _subtrees;
    private bool _woken;

    /// <param name="settle">A name is not taken before nothing has been marked at it for so long; zero takes it at once.</param>
    /// <param name="keepsHolds">Only a mark that says that the change is complete ends the wait of a name, not any mark.</param>
    public DirtyTree(TimeProvider clock, int limit = DefaultLimit, TimeSpan settle = default, bool keepsHolds = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        (_clock, _limit, _settle, _isPatient) = (clock, limit, settle, keepsHolds || settle > TimeSpan.Zero);
    }

    /// <summary>Distinct names that are not confirmed: waiting or in flight.</summary>
    public int Unconfirmed
    {
        get
        {
            lock (_lock)
                return _marks.Count + _inFlight.Count;
        }
    }

    /// <summary>
    /// The timestamp of the oldest change that is not confirmed; everything seen before it is at the destination. Null: all is.
    /// </summary>
    public long? OldestUnconfirmed
    {
        get
        {
            lock (_lock)
                return _marks.Count + _inFlight.Count == 0 ? null : _marks.Values.Concat(_inFlight).Min(mark => mark.Since);
        }
    }

    /// <summary>Marks a name as seen changed now.</summary>
    /// <param name="path">The name.</param>
    /// <param name="subtree">Everything below it too.</param>
    /// <param name="touched">What may have happened to it.</param>
    /// <param name="hold">How long it may wait for a sign that the change is complete; any mark without a hold ends the wait.</param>
    /// <param name="complete">This is the sign: nothing more is to be expected.</param>
    public void Mark(TreePath path, bool subtree = false, Touch touched = Touch.Anything, TimeSpan hold = default, bool complete = false)
    {
        var mark = new DirtyMark(path)
        {
            Subtree = subtree,
            Since = _clock.GetTimestamp(),
            NotBefore = After(_settle > hold ? _settle : hold),
            Touched = touched,
            IsComplete = complete,
        };
        lock (_lock)
            Add(mark);
    }

    /// <summary>Marks a directory for a comparison of its own names.</summary>
    public void MarkNames(TreePath directory)
    {
        lock (_lock)
            Add(new DirtyMark(directory) { Names = true, Since = _clock.GetTimestamp() });
    }

    /// <summary>Marks the whole tree.</summary>
    /// <param name="trusting">See <see cref="DirtyMark.Trusting"/>.</param>
    public void MarkEverything(bool trusting)
    {
        lock (_lock)
            Add(new DirtyMark(TreePath.Root) { Subtree = true, Trusting = trusting, Since = _clock.GetTimestamp() });
    }

    /// <summary>
    /// Waits until marks can be taken, <see cref="Wake"/> is called, or <paramref name="limit"/> has passed (<see cref="Timeout.InfiniteTimeSpan"/>: never).
    /// </summary>
    /// <returns>True when there are marks to take.</returns>
    public bool Wait(TimeSpan limit)
    {
        var deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_lock)
        {
            while (true)
            {
                ReleaseHeld();
                if (_ripe.Count > 0)
                    return true;
                var left = Math.Min(deadline - Environment.TickCount64, MillisecondsToNextRelease());
                if (_woken || deadline <= Environment.TickCount64)
                {
                    _woken = false;
                    return false;
                }
                Monitor.Wait(_lock, left >= int.MaxValue ? Timeout.Infinite : (int)left);
            }
        }
    }

    /// <summary>Waits until everything that was seen before a timestamp is confirmed; false when it is not within <paramref name="limit"/>.</summary>
    public bool WaitConfirmed(long before, TimeSpan limit)
    {
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_lock)
        {
            while (OldestUnconfirmed is { } oldest && oldest <= before)
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0)
                    return false;
                Monitor.Wait(_lock, (int)Math.Min(left, int.MaxValue));
            }
            return true;
        }
    }

    /// <summary>Ends a <see cref="Wait"/>, now or the next one.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _woken = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets every held mark go at once: nobody wants to wait any longer.</summary>
    public void ReleaseAll()
    {
        lock (_lock)
        {
            while (_held.TryDequeue(out var path, out _))
                Release(path, long.MaxValue);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The timestamp before which a name is to be left alone, because somebody is writing to it; 0 for none.</summary>
    public long HeldUntil(TreePath path)
    {
        if (!_isPatient)
            return 0;
        lock (_lock)
            return _marks.TryGetValue(path, out var mark) && mark.NotBefore > _clock.GetTimestamp() ? mark.NotBefore : 0;
    }

    /// <summary>
    /// Removes and returns up to <paramref name="limit"/> marks, oldest first. Marks below a subtree that is marked as a whole go with it.
    /// </summary>
    public IReadOnlyList<DirtyMark> Take(int limit)
    {
        lock (_lock)
        {
            if (_inFlight.Count > 0)
                throw new InvalidOperationException("the batch before is neither confirmed nor returned");
            ReleaseHeld();
            var batch = new List<DirtyMark>(Math.Min(limit, _ripe.Count));
            while (batch.Count < limit && _ripe.TryDequeue(out var path))
            {
                if (!_marks.Remove(path, out var mark))
                    continue;
                _subtrees -= mark.Subtree ? 1 : 0;
                if (!SwallowedAbove(mark))
                    batch.Add(mark);
            }
            batch = WithoutSwallowed(batch);
            if (_marks.Count == 0)
                ForgetEverything();
            (_inFlight, _hintsInFlight) = (batch, null);
            return batch;
        }
    }

    /// <summary>The batch in flight is at the destination.</summary>
    public void Confirm() => Return([]);

    /// <summary>
    /// Puts marks back, with their age and not to be taken again before their <see cref="DirtyMark.NotBefore"/>; the rest of the batch in
    /// flight counts as confirmed. All that belongs to a batch in one call: in between the watermark would be wrong.
    /// </summary>
    public void Return(IEnumerable<DirtyMark> marks)
    {
        var returned = marks.ToList();
        lock (_lock)
        {
            (_inFlight, _hintsInFlight) = ([], null);
            foreach (var mark in returned)
                Add(mark);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The timestamp when <paramref name="hold"/> will have passed; 0 for none.</summary>
    public long After(TimeSpan hold) =>
        hold <= TimeSpan.Zero ? 0 : _clock.GetTimestamp() + (long)(hold.TotalSeconds * _clock.TimestampFrequency);

    private void Add(DirtyMark mark)
    {
        if (SwallowedAbove(mark))
            return;
        if (_marks.TryGetValue(mark.Path, out var older))
        {
            var merged = mark.Since < older.Since ? mark.Merge(older) : older.Merge(mark);
            if (_isPatient && older.NotBefore > 0)
                merged = merged with { NotBefore = mark.IsComplete ? mark.NotBefore : Math.Max(After(_settle), Math.Max(older.NotBefore, HeldFrom(older.Since, mark))) };
            _subtrees += merged.Subtree && !older.Subtree ? 1 : 0;
            _marks[mark.Path] = merged;
            if (merged.NotBefore < older.NotBefore)
                Enqueue(merged);
            return;
        }
        _marks.Add(mark.Path, mark);
        _subtrees += mark.Subtree ? 1 : 0;
        Enqueue(mark);
        if (_marks.Count > _limit)
            Collapse();
    }

    /// <summary>What is written to again and again is not held longer than if it had been written to once.</summary>
    private static long HeldFrom(long since, DirtyMark mark) => Math.Min(mark.NotBefore, since + mark.NotBefore - mark.Since);

    private void Enqueue(DirtyMark mark)
    {
        var first = _ripe.Count == 0 && (!_held.TryPeek(out _, out var due) || mark.NotBefore < due);
        if (mark.NotBefore > 0)
            _held.Enqueue(mark.Path, mark.NotBefore);
        else
            _ripe.Enqueue(mark.Path);
        if (first)
            Monitor.PulseAll(_lock);
    }

    private void ReleaseHeld()
    {
        var now = _clock.GetTimestamp();
        while (_held.TryPeek(out var path, out var due) && due <= now)
        {
            _held.Dequeue();
            Release(path, now);
        }
    }

    private void Release(TreePath path, long now)
    {
        // The queues keep entries of marks that were taken or made ripe since.
        if (!_marks.TryGetValue(path, out var mark) || mark.NotBefore == 0)
            return;
        if (mark.NotBefore > now)
        {
            _held.Enqueue(path, mark.NotBefore);
            return;
        }
        _marks[path] = mark with { NotBefore = 0 };
        _ripe.Enqueue(path);
    }

    private long MillisecondsToNextRelease()
    {
        if (!_held.TryPeek(out _, out var due))
            return long.MaxValue;
        return Math.Max(0, (due - _clock.GetTimestamp()) * 1000 / _clock.TimestampFrequency) + 1;
    }

    private void ForgetEverything()
    {
        _ripe.Clear();
        _held.Clear();
        if (_marks.EnsureCapacity(0) > LargeTable)
            _marks = [];
    }
}
