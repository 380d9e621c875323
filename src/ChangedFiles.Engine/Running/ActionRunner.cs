using System.Threading.Channels;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Rsync.Files;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// Runs what events call for (order and limits: <see cref="ActionQueue"/>). What fails is tried again, and at last given up into the dead
/// letters. <see cref="Post"/> may be called from any thread; everything else happens in one loop.
/// </summary>
public sealed class ActionRunner : IAsyncDisposable
{
    /// <summary>Runs at a time where PARALLEL does not say otherwise.</summary>
    public const int DefaultParallel = 8;

    /// <summary>With so many actions waiting, whoever posts more waits too.</summary>
    private const int MaxUnfinished = 1_000_000;

    private readonly IActionExecutor _executor;
    private readonly DeadLetters? _deadLetters;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ActionQueue _queue;
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _room = new(MaxUnfinished);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private TaskCompletionSource? _idle;
    private int _running;

    public ActionRunner(IActionExecutor executor, ILogger log, DeadLetters? deadLetters = null, TimeProvider? clock = null)
    {
        _executor = executor;
        _log = log;
        _deadLetters = deadLetters;
        _clock = clock ?? TimeProvider.System;
        _queue = new ActionQueue(_clock, new LoopGuard(_clock)) { Parallel = DefaultParallel };
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Actions that were posted and have not ended, been given up or joined another.</summary>
    public int Unfinished => MaxUnfinished - _room.CurrentCount;

    /// <summary>How many runs go on at a time; 0 is <see cref="DefaultParallel"/>.</summary>
    public void SetParallel(int parallel) => _work.Writer.TryWrite(() => _queue.Parallel = parallel > 0 ? parallel : DefaultParallel);

    /// <summary>Hands over an action. Waits while very much is waiting already.</summary>
    public void Post(RuleMatch match)
    {
        if (match.Event.Pid > 0 && _executor.IsOwn(match.Line, match.Event.Pid))
        {
            _log.OwnWrite(match.Line.Place);
            return;
        }
        _room.Wait(_stop.Token);
        _work.Writer.TryWrite(() => Add(match));
    }

    /// <summary>Waits until nothing is left to do; at most so long. Nothing must be posted meanwhile.</summary>
    public async Task FinishAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var idle = new TaskCompletionSource();
        _work.Writer.TryWrite(() => _idle = idle);
        await Task.WhenAny(idle.Task, Task.Delay(limit, _clock, cancellation));
    }

    /// <summary>Ends what runs; that and what waits becomes dead letters.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        while (_work.Reader.TryRead(out var work))
            work();
        foreach (var action in _queue.Pending)
            Bury(action, "the daemon was stopped before it was done");
        if (_deadLetters is not null && _queue.Pending.Count > 0)
            _log.LeftUndone(_queue.Pending.Count, _deadLetters.Path);
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            while (_work.Reader.TryRead(out var work))
                work();
            while (_queue.TryTakeNext(out var run))
            {
                _running++;
                _ = RunAsync(run);
            }
            if (_queue.Pending.Count == 0)
                _idle?.TrySetResult();
            await WaitAsync();
        }
        while (_running > 0)
            (await _work.Reader.ReadAsync())();
    }

    /// <summary>Until something arrives, ends or comes due.</summary>
    private async Task WaitAsync()
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var arrival = _work.Reader.WaitToReadAsync(woken.Token).AsTask();
        var due = _queue.UntilNextDue() is { } left ? Task.Delay(left, _clock, woken.Token) : arrival;
        await Task.WhenAny(arrival, due);
        await woken.CancelAsync();
    }

    private void Add(RuleMatch match)
    {
        var before = _queue.Pending.Count;
        if (_queue.Add(match))
            _log.Looping(match.Line.Place, TreePath.Printable(match.Event.Path), LoopGuard.MaxChain, LoopGuard.Pause.TotalSeconds);
        if (_queue.Pending.Count == before)
            _room.Release();    // joined one that waits already
    }

    private async Task RunAsync(StartableRun run)
    {
        var limit = run.Run.Rule.Settings.Timeout;
        using var timeout = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan, _clock);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        ActionOutcome outcome;
        var started = _clock.GetTimestamp();
        try
        {
            outcome = await _executor.RunAsync(run.Run, cancellation.Token);
        }
        catch (Exception e)
        {
            _log.ActionBroke(e, run.Run.Line.Place);
            outcome = new ActionOutcome(e.Message);
        }
        if (!outcome.Succeeded && timeout.IsCancellationRequested)
            outcome = new ActionOutcome($"it took longer than TIMEOUT {limit.TotalSeconds} s and was ended");
        _work.Writer.TryWrite(() => Complete(run, outcome, _clock.GetElapsedTime(started)));
    }

    private void Complete(StartableRun run, ActionOutcome outcome, TimeSpan took)
    {
        _running--;
        var place = run.Run.Line.Place;
        var before = _queue.Pending.Count;
        var givenUp = _queue.Complete(run, outcome);
        var concerned = outcome.Succeeded ? run.Actions : [.. run.Actions.Where(action => outcome.Concerns(action.Match.Event))];
        var what = concerned is [var only] ? TreePath.Printable(only.Match.Event.Path) : $"{concerned.Count} names";
        if (outcome.Succeeded)
            _log.ActionDone(place, what, (long)took.TotalMilliseconds);
        else
            _log.ActionFailed(place, what, outcome.Failure!, givenUp.Count > 0 ? "given up" : "it will be tried again");
        foreach (var action in givenUp)
            Bury(action, outcome.Failure!);
        if (_queue.Pending.Count < before)
            _room.Release(before - _queue.Pending.Count);
    }

    private void Bury(PendingAction action, string reason)
    {
        try
        {
            _deadLetters?.Add(new DeadLetter(
                action.Match.Event, action.Rule.Regex, action.Line.Action.Source, action.Line.Place, action.Failures, reason));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LetterLost(_deadLetters!.Path, e.Message);
        }
    }
}
