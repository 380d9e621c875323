using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Running;

/// <summary>A run that may start now, with the actions that it is for.</summary>
internal sealed record StartableRun(ActionRun Run, IReadOnlyList<PendingAction> Actions, LineGroup? Group);

/// <summary>
/// What waits, and what of it may start. Actions of one path go one after the other, also when one of them has to be tried again; actions
/// of different paths go side by side up to the limits. Not thread-safe: the runner's loop owns it.
/// <code>
/// Add ─► delayed (QUIET, loop) ─► order of its path ─► ready, or its line's group ─► TakeNext ─► Complete ─► next of its path
///                                        └───────── delayed (RETRY) ◄───────────────────────────────┘
/// </code>
/// </summary>
internal sealed class ActionQueue(TimeProvider clock, LoopGuard guard)
{
    /// <summary>Most names in one run of a plain rsync line.</summary>
    private const int MaxRsyncGroup = 1000;

    private readonly HashSet<PendingAction> _pending = [];
    private readonly Dictionary<string, PathOrder> _orders = [];
    // By operation, too, where what is joined must be the same; QUIET joins whatever happens to a path.
    private readonly Dictionary<(RuleLine Line, string Path, Operation Operation), PendingAction> _putOff = [];
    private readonly PriorityQueue<PendingAction, long> _delayed = new();
    private static readonly TimeSpan FoundWait = TimeSpan.FromMilliseconds(200);

    private readonly LinkedList<(Rule Rule, Queue<PendingAction> Actions)> _ready = [];
    private readonly Dictionary<Rule, Queue<PendingAction>> _readyOfRule = [];
    private readonly Dictionary<RuleLine, LineGroup> _groups = [];
    private readonly Dictionary<Rule, int> _runningOfRule = [];
    private int _running;

    /// <summary>How many runs go on at a time, of all rules together.</summary>
    public int Parallel { get; set; }

    /// <summary>Actions that were added and have not ended.</summary>
    public IReadOnlyCollection<PendingAction> Pending => _pending;

    /// <summary>Takes in an action. True when the loop guard put it off.</summary>
    public bool Add(RuleMatch match)
    {
        var path = ArgumentText.Decode(match.Event.Path);
        var key = KeyOf(match, path);
        if (_putOff.TryGetValue(key, out var waiting))
        {
            waiting.Match = match;
            if (match.Rule.Settings.Quiet > TimeSpan.Zero && !waiting.IsLooping)
                waiting.Due = After(match.Rule.Settings.Quiet);
            return false;
        }
        var action = new PendingAction(match) { IsLooping = guard.IsLooping(match.Line, path) };
        _pending.Add(action);
        var delay = action.IsLooping ? LoopGuard.Pause : match.Rule.Settings.Quiet;
        if (match.Event.IsFound && delay < FoundWait)
            delay = FoundWait;
        if (delay == TimeSpan.Zero)
        {
            Enqueue(action, path);
            return false;
        }
        _putOff.Add(key, action);
        Delay(action, delay);
        return action.IsLooping;
    }

    /// <summary>The next run that may start now; it counts as running until <see cref="Complete"/>.</summary>
    public bool TryTakeNext(out StartableRun run)
    {
        Wake();
        if (_running < Parallel && (TakeReady() ?? TakeGroup()) is { } found)
        {
            run = found;
            _running++;
            _runningOfRule[run.Run.Rule] = _runningOfRule.GetValueOrDefault(run.Run.Rule) + 1;
            foreach (var action in run.Actions)
                guard.Started(action.Line, action.Path);
            return true;
        }
        run = null!;
        return false;
    }

    /// <summary>How long until something may start without anything else happening; null when nothing waits for a time.</summary>
    public TimeSpan? UntilNextDue()
    {
        long? next = _delayed.TryPeek(out _, out var due) ? due : null;
        foreach (var group in _groups.Values)
        {
            if (!group.IsRunning && group.Waiting.Count > 0 && group.Rule.Settings.Batch is { } batch)
                next = Math.Min(next ?? long.MaxValue, group.Since + Ticks(batch.Wait));
        }
        if (next is null)
            return null;
        var left = clock.GetElapsedTime(clock.GetTimestamp(), next.Value);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A run ended. Returns the actions that have failed too often; the others go on or are tried again.</summary>
    public IReadOnlyList<PendingAction> Complete(StartableRun run, ActionOutcome outcome)
    {
        _running--;
        if (--_runningOfRule[run.Run.Rule] == 0)
            _runningOfRule.Remove(run.Run.Rule);
        if (run.Group is { } group)
            Release(group);
        var givenUp = new List<PendingAction>();
        foreach (var action in run.Actions)
        {
            guard.Ended(action.Line, action.Path);
            var failed = outcome.Concerns(action.Match.Event);
            if (failed && action.Failures++ < action.Rule.Settings.Retries)
            {
                Delay(action, RetryDelay(action));
                continue;
            }
            if (failed)
                givenUp.Add(action);
            Leave(action);
        }
        return givenUp;
    }

    private static (RuleLine, string, Operation) KeyOf(RuleMatch match, string path) =>
        (match.Line, path, match.Rule.Settings.Quiet > TimeSpan.Zero ? Operation.None : match.Event.Operation);

    private void Enqueue(PendingAction action, string path)
    {
        action.Orders = action.Match.Event.OldPath is { } old && ArgumentText.Decode(old) is var oldPath && oldPath != path
            ? [OrderOf(path), OrderOf(oldPath)]
            : [OrderOf(path)];
        foreach (var order in action.Orders)
            order.Actions.Enqueue(action);
        MakeReadyWhenFirst(action);
    }

    private PathOrder OrderOf(string path)
    {
        if (!_orders.TryGetValue(path, out var order))
            _orders.Add(path, order = new PathOrder(path));
        return order;
    }

    private void MakeReadyWhenFirst(PendingAction action)
    {
        if (!action.Orders.All(order => order.Actions.Peek() == action))
            return;
        if (action.Line.Action is not RsyncAction && action.Rule.Settings.Batch is null)
        {
            AddReady(action);
            return;
        }
        if (!_groups.TryGetValue(action.Line, out var group))
            _groups.Add(action.Line, group = new LineGroup(action.Rule, action.Line));
        if (group.Waiting.Count == 0)
            group.Since = clock.GetTimestamp();
        group.Waiting.Add(action);
    }

    // The action is done with: whatever stood behind it on its paths may be first now.
    private void Leave(PendingAction action)
    {
        _pending.Remove(action);
        foreach (var order in action.Orders)
        {
            order.Actions.Dequeue();
            if (order.Actions.TryPeek(out var next))
                MakeReadyWhenFirst(next);
            else
                _orders.Remove(order.Path);
        }
    }

    private void AddReady(PendingAction action)
    {
        if (!_readyOfRule.TryGetValue(action.Rule, out var actions))
        {
            _readyOfRule.Add(action.Rule, actions = []);
            _ready.AddLast((action.Rule, actions));
        }
        actions.Enqueue(action);
    }

    // Rules take turns, so that one with much to do does not keep the others waiting.
    private StartableRun? TakeReady()
    {
        for (var node = _ready.First; node is not null; node = node.Next)
        {
            var (rule, actions) = node.Value;
            if (IsFull(rule))
                continue;
            _ready.Remove(node);
            var action = actions.Dequeue();
            if (actions.Count > 0)
                _ready.AddLast(node);
            else
                _readyOfRule.Remove(rule);
            return new StartableRun(new ActionRun(rule, action.Line, [action.Match.Event]), [action], null);
        }
        return null;
    }

    private StartableRun? TakeGroup()
    {
        foreach (var group in _groups.Values)
        {
            if (group.IsRunning || group.Waiting.Count == 0 || IsFull(group.Rule) || !IsDue(group))
                continue;
            var count = Math.Min(group.Waiting.Count, group.Rule.Settings.Batch?.Most ?? MaxRsyncGroup);
            var actions = group.Waiting.GetRange(0, count);
            group.Waiting.RemoveRange(0, count);
            group.Since = clock.GetTimestamp();
            group.IsRunning = true;
            return new StartableRun(new ActionRun(group.Rule, group.Line, [.. actions.Select(a => a.Match.Event)]), actions, group);
        }
        return null;
    }

    private bool IsDue(LineGroup group) =>
        group.Rule.Settings.Batch is not { } batch || group.Waiting.Count >= batch.Most || clock.GetElapsedTime(group.Since) >= batch.Wait;

    private void Release(LineGroup group)
    {
        group.IsRunning = false;
        if (group.Waiting.Count == 0)
            _groups.Remove(group.Line);
    }

    private bool IsFull(Rule rule) =>
        rule.Settings.Parallel > 0 && _runningOfRule.GetValueOrDefault(rule) >= rule.Settings.Parallel;

    private void Delay(PendingAction action, TimeSpan delay)
    {
        action.Due = After(delay);
        _delayed.Enqueue(action, action.Due);
    }

    // What was put off once more meanwhile goes back to wait for its new time.
    private void Wake()
    {
        var now = clock.GetTimestamp();
        while (_delayed.TryPeek(out var action, out var due) && due <= now)
        {
            _delayed.Dequeue();
            if (action.Due > now)
                _delayed.Enqueue(action, action.Due);
            else if (action.Failures > 0)
                MakeReadyWhenFirst(action);
            else if (_putOff.Remove(KeyOf(action.Match, action.Path)))
                Enqueue(action, action.Path);
        }
    }

    private static TimeSpan RetryDelay(PendingAction action)
    {
        var settings = action.Rule.Settings;
        var doubled = settings.RetryDelay * Math.Pow(2, action.Failures - 1);
        return doubled < settings.MaxRetryDelay ? doubled : settings.MaxRetryDelay;
    }

    private long After(TimeSpan delay) => clock.GetTimestamp() + Ticks(delay);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
