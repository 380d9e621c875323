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
public sealed class DirtyTree
{
    /// <summary>Distinct names kept before they collapse: about 40 MB of marks at usual path lengths.</summary>
    public const int DefaultLimit = 200_000;

    private const int LargeTable = 4096;

    private readonly object _lock = new();
    private readonly TimeProvider _clock;
    private readonly int _limit;
    private readonly Queue<TreePath> _ripe = new();
    private readonly PriorityQueue<TreePath, long> _held = new();
    private Dictionary<TreePath, DirtyMark> _marks = [];
    private List<DirtyMark> _inFlight = [];
    private int _subtrees;
    private bool _woken;

    public DirtyTree(TimeProvider clock, int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        (_clock, _limit) = (clock, limit);
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
    /// <param name="hold">How long it may wait for a sign that the change is complete; any mark without a hold ends the wait.</param>
    public void Mark(TreePath path, bool subtree = false, TreePath? renamedFrom = null, TimeSpan hold = default)
    {
        var mark = new DirtyMark(path) { Subtree = subtree, Since = _clock.GetTimestamp(), NotBefore = NotBefore(hold), RenamedFrom = renamedFrom };
        lock (_lock)
            Add(mark);
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
                Release(path);
            Monitor.PulseAll(_lock);
        }
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
            if (_marks.Count == 0)
                ForgetEverything();
            _inFlight = batch;
            return batch;
        }
    }

    /// <summary>The batch in flight is at the destination.</summary>
    public void Confirm() => Return([]);

    /// <summary>Puts marks back, with their age; the rest of the batch in flight counts as confirmed.</summary>
    /// <param name="hold">How long they wait before they can be taken again.</param>
    public void Return(IEnumerable<DirtyMark> marks, TimeSpan hold = default)
    {
        lock (_lock)
        {
            var returned = marks.ToList();
            _inFlight = [];
            foreach (var mark in returned)
                Add(mark with { NotBefore = NotBefore(hold) });
        }
    }

    private long NotBefore(TimeSpan hold) =>
        hold <= TimeSpan.Zero ? 0 : _clock.GetTimestamp() + (long)(hold.TotalSeconds * _clock.TimestampFrequency);

    private void Add(DirtyMark mark)
    {
        if (SwallowedAbove(mark))
            return;
        if (_marks.TryGetValue(mark.Path, out var older))
        {
            var merged = mark.Since < older.Since ? mark.Merge(older) : older.Merge(mark);
            _subtrees += merged.Subtree && !older.Subtree ? 1 : 0;
            _marks[mark.Path] = merged;
            if (merged.NotBefore == 0 && older.NotBefore > 0)
                Enqueue(merged);
            return;
        }
        _marks.Add(mark.Path, mark);
        _subtrees += mark.Subtree ? 1 : 0;
        Enqueue(mark);
        if (_marks.Count > _limit)
            Collapse();
    }

    private void Enqueue(DirtyMark mark)
    {
        if (mark.NotBefore > 0)
            _held.Enqueue(mark.Path, mark.NotBefore);
        else
            _ripe.Enqueue(mark.Path);
        if (mark.NotBefore > 0 ? _held.Count == 1 : _ripe.Count == 1)
            Monitor.PulseAll(_lock);
    }

    private void ReleaseHeld()
    {
        var now = _clock.GetTimestamp();
        while (_held.TryPeek(out var path, out var due) && due <= now)
        {
            _held.Dequeue();
            Release(path);
        }
    }

    private void Release(TreePath path)
    {
        // A mark that a later event made ripe is in the other queue already.
        if (!_marks.TryGetValue(path, out var mark) || mark.NotBefore == 0)
            return;
        _marks[path] = mark with { NotBefore = 0 };
        _ripe.Enqueue(path);
    }

    private long MillisecondsToNextRelease()
    {
        if (!_held.TryPeek(out _, out var due))
            return long.MaxValue;
        return Math.Max(0, (due - _clock.GetTimestamp()) * 1000 / _clock.TimestampFrequency) + 1;
    }

    /// <summary>A subtree that is marked as a whole takes the mark's age over, so that the watermark stays true.</summary>
    private bool SwallowedAbove(DirtyMark mark)
    {
        if (_subtrees == 0)
            return false;
        for (var path = mark.Path; !path.IsRoot;)
        {
            path = path.Parent;
            if (!_marks.TryGetValue(path, out var above) || !above.Subtree)
                continue;
            if (mark.Since < above.Since)
                _marks[path] = above with { Since = mark.Since };
            return true;
        }
        return false;
    }

    /// <summary>Makes room for half the limit: level by level from the deepest up, names become one mark for their directory.</summary>
    private void Collapse()
    {
        for (var depth = _marks.Keys.Max(path => path.Depth); _marks.Count > _limit / 2 && depth > 0; depth--)
        {
            var collapsed = new Dictionary<TreePath, DirtyMark>(_limit / 2);
            foreach (var mark in _marks.Values)
            {
                var kept = mark.Path.Depth < depth ? mark : new DirtyMark(mark.Path.Parent) { Subtree = true, Since = mark.Since };
                collapsed[kept.Path] = collapsed.TryGetValue(kept.Path, out var other) ? other.Merge(kept) : kept;
            }
            _marks = collapsed;
        }
        _ripe.Clear();
        _held.Clear();
        _subtrees = _marks.Values.Count(mark => mark.Subtree);
        foreach (var mark in _marks.Values)
            Enqueue(mark);
    }

    private void ForgetEverything()
    {
        _ripe.Clear();
        _held.Clear();
        if (_marks.EnsureCapacity(0) > LargeTable)
            _marks = [];
    }
}
