using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Tests.Rules;
using Xunit;

namespace ChangedFiles.Engine.Tests.Running;

public sealed class ActionQueueTests
{
    private static readonly ActionOutcome Failure = new("no");

    private readonly ManualClock _clock = new();
    private readonly ActionQueue _queue;
    private RuleSet _rules = RuleSet.Empty;

    public ActionQueueTests() => _queue = new ActionQueue(_clock, new LoopGuard(_clock)) { Parallel = 4 };

    [Fact]
    public void Actions_of_one_path_go_one_after_the_other_and_those_of_others_beside_them()
    {
        Rules("OPENW LOG a\nUNLINK LOG b");
        Happen(Operation.OPENW, "/x");
        Happen(Operation.UNLINK, "/x");
        Happen(Operation.OPENW, "/y");
        var runs = TakeAll();
        Assert.Equal(["OPENW /x", "OPENW /y"], runs.Select(Say));
        _queue.Complete(runs[0], ActionOutcome.Success);
        Assert.Equal(["UNLINK /x"], TakeAll().Select(Say));
    }

    [Fact]
    public void A_rename_waits_for_both_of_its_names()
    {
        Rules("ANY LOG");
        Happen(Operation.OPENW, "/old");
        Happen(Operation.RENAME, "/new", "/old");
        Happen(Operation.OPENW, "/old");
        Happen(Operation.OPENW, "/new");
        var first = Assert.Single(TakeAll());
        _queue.Complete(first, ActionOutcome.Success);
        var rename = Assert.Single(TakeAll());
        Assert.Equal("RENAME /new", Say(rename));
        _queue.Complete(rename, ActionOutcome.Success);
        Assert.Equal(["OPENW /new", "OPENW /old"], TakeAll().Select(Say).Order());
    }

    [Fact]
    public void Limits_hold_for_all_and_for_each_rule()
    {
        Rules("PARALLEL 1\nOPENW LOG\nRULE ^/other/\nOPENW LOG");
        for (var i = 0; i < 3; i++)
            Happen(Operation.OPENW, $"/a{i}");
        for (var i = 0; i < 5; i++)
            Happen(Operation.OPENW, $"/other/{i}");
        var runs = TakeAll();
        Assert.Equal(4, runs.Count);
        Assert.Equal(1, runs.Count(r => r.Run.Rule == _rules.Rules[0]));
    }

    [Fact]
    public void What_failed_is_tried_again_later_and_later_and_then_given_up_while_its_path_waits()
    {
        Rules("RETRY 2 1s 10s\nOPENW LOG\nUNLINK LOG");
        Happen(Operation.OPENW, "/x");
        Happen(Operation.UNLINK, "/x");
        Assert.Empty(_queue.Complete(Assert.Single(TakeAll()), Failure));
        Assert.Equal(1, _queue.UntilNextDue()!.Value.TotalSeconds, 3);
        Assert.Empty(TakeAll());
        _clock.Pass(1);
        Assert.Empty(_queue.Complete(Assert.Single(TakeAll()), Failure));
        _clock.Pass(1.9);
        Assert.Empty(TakeAll());
        _clock.Pass(0.1);
        Assert.Equal(3, Assert.Single(_queue.Complete(Assert.Single(TakeAll()), Failure)).Failures);
        Assert.Equal(["UNLINK /x"], TakeAll().Select(Say));
        Assert.Single(_queue.Pending);
    }

    [Fact]
    public void Quiet_joins_what_happens_until_the_path_was_quiet()
    {
        Rules("QUIET 2s\nOPENW LOG");
        for (var i = 0; i < 5; i++)
        {
            Happen(Operation.OPENW, "/x");
            _clock.Pass(1.5);
            Assert.Empty(TakeAll());
        }
        _clock.Pass(0.5);
        _queue.Complete(Assert.Single(TakeAll()), ActionOutcome.Success);
        Assert.Empty(_queue.Pending);
        Assert.Null(_queue.UntilNextDue());
    }

    [Fact]
    public void A_batch_goes_when_it_is_full_or_has_waited()
    {
        Rules("BATCH stdin 3 2s\nOPENW true");
        for (var i = 0; i < 4; i++)
            Happen(Operation.OPENW, $"/{i}");
        var full = Assert.Single(TakeAll());
        Assert.Equal(3, full.Run.Events.Count);
        _clock.Pass(2);
        Assert.Empty(TakeAll());    // one run of a line at a time
        _queue.Complete(full, ActionOutcome.Success);
        Assert.Single(Assert.Single(TakeAll()).Run.Events);
    }

    [Fact]
    public void Plain_rsync_lines_gather_while_one_runs()
    {
        Rules("OPENW rsync -a _FILE_ host::m_FILE_");
        Happen(Operation.OPENW, "/0");
        var first = Assert.Single(TakeAll());
        Assert.Single(first.Run.Events);
        for (var i = 1; i < 500; i++)
            Happen(Operation.OPENW, $"/{i}");
        Assert.Empty(TakeAll());
        _queue.Complete(first, ActionOutcome.Success);
        Assert.Equal(499, Assert.Single(TakeAll()).Run.Events.Count);
    }

    [Fact]
    public void An_action_that_starts_itself_is_put_off_and_nothing_is_lost()
    {
        Rules("OPENW LOG");
        var put = false;
        Happen(Operation.OPENW, "/x");
        for (var runs = 0; !put; runs++)
        {
            Assert.True(runs <= LoopGuard.MaxChain);
            var run = Assert.Single(TakeAll());
            put = Happen(Operation.OPENW, "/x");
            _queue.Complete(run, ActionOutcome.Success);
        }
        Assert.Empty(TakeAll());
        Assert.False(Happen(Operation.OPENW, "/x"));
        _clock.Pass(LoopGuard.Pause.TotalSeconds);
        Assert.Single(TakeAll());
    }

    [Fact]
    public void An_action_that_is_called_often_by_others_is_not_put_off()
    {
        Rules("OPENW LOG");
        for (var i = 0; i < 50; i++)
        {
            Assert.False(Happen(Operation.OPENW, "/x"));
            _queue.Complete(Assert.Single(TakeAll()), ActionOutcome.Success);
            _clock.Pass(0.5);
        }
    }

    [Fact]
    public void Every_action_of_random_events_runs_once_and_in_order()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Rules("RETRY 100 1s 1s\nPARALLEL 3\nANY LOG");
        List<(string Path, Operation Operation)> expected = [], seen = [];
        var running = new List<StartableRun>();
        for (var step = 0; step < 3000 || _queue.Pending.Count > 0; step++)
        {
            if (step < 2000 && random.Next(2) == 0)
            {
                var (path, operation) = ($"/{random.Next(8)}", random.GetItems([Operation.OPENW, Operation.CHMOD, Operation.UNLINK], 1)[0]);
                expected.Add((path, operation));
                Happen(operation, path);
            }
            running.AddRange(TakeAll());
            Assert.Equal(running.Count, running.Select(r => Encoding.UTF8.GetString(r.Run.Events[0].Path)).Distinct().Count());
            Assert.InRange(running.Count, 0, 3);
            if (running.Count > 0)
            {
                var run = running[random.Next(running.Count)];
                running.Remove(run);
                var succeeds = random.Next(4) > 0;
                if (succeeds)
                    seen.Add((Encoding.UTF8.GetString(run.Run.Events[0].Path), run.Run.Events[0].Operation));
                _queue.Complete(run, succeeds ? ActionOutcome.Success : Failure);
            }
            _clock.Pass(0.3);
        }
        Assert.Equal(expected.OrderBy(e => e.Path), seen.OrderBy(e => e.Path));    // a stable sort: each path keeps its order
    }

    private void Rules(string lines)
    {
        var file = RuleFile.Parse("RULE ^/\n" + lines, rsync: PlainRsync.Read);
        Assert.Empty(file.Diagnostics);
        _rules = file.Rules;
    }

    private bool Happen(Operation operation, string path, string? old = null)
    {
        var matches = new List<RuleMatch>();
        var oldPath = old is null ? null : Encoding.UTF8.GetBytes(old);
        var fileEvent = new FileEvent(operation, Encoding.UTF8.GetBytes(path)) { OldPath = oldPath };
        _rules.Match(fileEvent, matches);
        var match = matches.Last();
        return _queue.Add(match);
    }

    private List<StartableRun> TakeAll()
    {
        var runs = new List<StartableRun>();
        while (_queue.TryTakeNext(out var run))
            runs.Add(run);
        return runs;
    }

    private static string Say(StartableRun run) =>
        $"{run.Run.Events[0].Operation} {Encoding.UTF8.GetString(run.Run.Events[0].Path)}";
}
