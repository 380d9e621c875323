using System.Globalization;
using System.Text;
using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// The mirror's own parts (sink, marks, planner, worker, what survives a restart) between a simulated tree and a simulated destination, on one thread and
/// with simulated time: all that happens follows from the seed.
/// </summary>
internal sealed class SimulatedMirror : IDisposable
{
    private const int Steps = 150;
    private const int TurnsToSettle = 15_000;
    private const int QuietLooks = 10;
    private const int KeptHistory = 400;

    private readonly SimulatedClock _clock = new();
    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedSource _source;
    private readonly SimulatedDestination _destination;
    private readonly string _stateDirectory;
    private StateFile _state = null!;
    private DestinationWorker _worker = null!;
    private Planner _planner = null!;
    private MarkingSink _sink = null!;
    private readonly bool _restarts;
    // Soon there are so many marks that one stands for many.
    private readonly bool _collapses;
    // Of forty steps so many are users', and so many events are read at once.
    private readonly int _changes;
    private readonly int _told;
    // A small batch at each turn, so that a look at everything takes long; 0 for the planner's own.
    private readonly int _budget;
    private bool _busy;
    // So many looks and steps until it is killed; below 0 for no end.
    private int _livesFor = -1;

    private sealed class Killed : Exception;

    /// <summary>What happened, for whoever has to understand a failure.</summary>
    public Queue<string> History { get; } = new();

    public SimulatedMirror(int seed, string stateDirectory)
    {
        (_seed, _random, _stateDirectory) = (seed, new Random(seed), stateDirectory);
        _source = new SimulatedSource(_clock, _random) { OnRead = OnRead, OnQueued = Note };
        _destination = new SimulatedDestination(_source, _clock, _random, Note, Live) { FaultRate = _random.Next(3) * 15 };
        (_restarts, _changes, _told) = (_random.Next(4) > 0, _random.Next(8, 24), 1 << _random.Next(1, 6));
        _collapses = _random.Next(4) == 0;
        _budget = _random.Next(3) == 0 ? _random.Next(1, 6) : 0;
        _source.MakesLookalikes = !(_restarts && _destination.IsStock);
        for (var changes = _random.Next(40); changes > 0; changes--)
            _source.Change();
        _source.LoseEvents();
        Start();
    }

    public void Run()
    {
        for (var step = 0; step < Steps; step++)
            Step();
        Settle();
    }

    public void Dispose()
    {
        _worker.Dispose();
        _state.Dispose();
    }

    private void Step()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(3000) : _random.Next(20)));
        switch (_random.Next(40))
        {
            case 0 when _restarts:
                Kill();
                break;
            case 1 when _restarts:
                Stop();
                break;
            case 2:
                LoseEvents();
                break;
            case 3:
                Note("replaced");
                _destination.Replace();
                break;
            case 4:
                Note("clock set");
                _clock.Set(TimeSpan.FromSeconds(_random.Next(-7200, 7200)));
                break;
            case var step when step < 5 + _changes:
                _source.Change();
                break;
            case var step when step < 12 + _changes:
                Tell(_random.Next(_told));
                break;
            default:
                if (_budget > 0)
                    _planner.EntryBudget = _budget;
                Turn();
                break;
        }
    }

    private void Turn()
    {
        _livesFor = _restarts && _random.Next(100) == 0 ? _random.Next(40) : -1;
        try
        {
            _worker.Turn();
        }
        catch (Killed)
        {
            Note("killed");
            Kill();
        }
        _livesFor = -1;
    }

    /// <summary>In the middle of whatever it does.</summary>
    private void Live()
    {
        if (_livesFor >= 0 && _livesFor-- == 0)
            throw new Killed();
    }

    /// <summary>Without further faults everything is delivered, in the end and without another event.</summary>
    private void Settle()
    {
        (_busy, _destination.FaultRate) = (true, 0);
        _source.ChangeOnceMore();
        Tell(int.MaxValue);
        Deliver();
        // Perhaps one level of directories after the other.
        for (var look = 0; _destination.IsSeenLater && look < QuietLooks; look++)
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            _worker.Turn();
            Deliver();
        }
        Assert.Equal(0, _worker.Changes.Unconfirmed);
        Assert.Equal(DestinationState.Following, _worker.Status.State);
        Assert.Equal(Lines(_source.Tree), Lines(_destination.Tree));
        if (!_collapses)
            SeeTheUnseen();
    }

    /// <summary>While nothing else is to be done, no write escapes.</summary>
    private void SeeTheUnseen()
    {
        for (var writes = _random.Next(1, 6); writes > 0; writes--)
        {
            _source.WriteUnseen();
            if (_random.Next(2) == 0)
                continue;
            Tell(int.MaxValue);
            _destination.FaultRate = _random.Next(3) * 30;
            _worker.Turn();
        }
        _destination.FaultRate = 0;
        Tell(int.MaxValue);
        Deliver();
        Assert.Equal(Lines(_source.Tree), Lines(_destination.Tree));
    }

    private void Deliver()
    {
        for (var turn = 0; turn < TurnsToSettle && _worker.Changes.Unconfirmed > 0; turn++)
        {
            var pause = _worker.Turn();
            _clock.Advance(pause > TimeSpan.FromMilliseconds(10) ? pause : TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Users do not wait while the source is read.</summary>
    private void OnRead()
    {
        if (!_busy && _random.Next(30) == 0)
        {
            _busy = true;
            if (_random.Next(2) == 0)
                _source.Change();
            else
                _source.ExchangeAgain();
            _busy = false;
        }
        _destination.OnSourceRead();
        Live();
    }

    private void Note(string what)
    {
        History.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{_clock.GetTimestamp() / TimeSpan.TicksPerMillisecond} {what}"));
        if (History.Count > KeptHistory)
            History.Dequeue();
    }

    private void Tell(int most)
    {
        var events = _source.Queue.Read(most);
        foreach (var next in events)
            Note($"told {next.Path} {next.Operations}{(next.Has(FileOperations.Rename) ? $" from {next.OldPath}" : "")}");
        if (events.Count > 0)
            _sink.Events(events.ToArray());
    }

    private void LoseEvents()
    {
        Note("events lost");
        _source.LoseEvents();
        _sink.Events([new WatchEvent(TreePath.Root, FileOperations.Overflow | FileOperations.Subtree, true, 0, TreePath.Root, _clock.GetTimestamp())]);
    }

    private void Kill()
    {
        Dispose();
        WhileNothingRuns();
    }

    private void Stop()
    {
        Tell(int.MaxValue);
        _worker.Finish();
        for (var turn = 0; turn < TurnsToSettle && !_worker.HasEnded; turn++)
            _worker.Turn();
        Assert.True(_worker.HasEnded, "it ends");
        Dispose();
        WhileNothingRuns();
    }

    private void WhileNothingRuns()
    {
        Note("nothing runs");
        for (var changes = _random.Next(10); changes > 0; changes--)
            _source.Change();
        _source.LoseEvents();
        if (_random.Next(4) == 0)
        {
            _destination.Empty();
            Note("emptied");
        }
        Note("starts");
        Start();
    }

    private void Start()
    {
        var marks = new DirtyTree(_clock, limit: _collapses ? 5 : 1000);
        _planner = new Planner(_source, new Selection(FilterRules.None, _source));
        _worker = new DestinationWorker(_destination.Open(), _planner, marks, () => { }, _clock, _random);
        _state = StateFile.Open(_stateDirectory, "source", "destination", variant: $"{_seed}");
        _worker.OnDelivered = Delivered;
        _worker.OnState = status => Note($"{status.State} {status.Reason}");
        _worker.Remember(new ConfirmedDirectories(_state));
        _sink = new MarkingSink([marks], reason => Assert.Fail(reason), text => Assert.Fail(text));
        marks.MarkEverything(trusting: true);
    }

    private void Delivered(PlannedBatch batch, Delivery delivery)
    {
        foreach (var item in batch.Items.Where(item => item.Action == PlannedAction.Send))
            _source.Sent(item.Path);
        Note($"delivered {string.Join(", ", batch.Items.Select(item => $"{item.Action} {item.Path}{(item.Stat is { IsDirectory: false, LinkCount: > 1 } ? $"={item.Stat.Inode}" : "")}"))}; in doubt {string.Join(" ", batch.InDoubt)}; brought {string.Join(' ', delivery.Brought)}; failed {delivery.Failures.Count}; rest {batch.Remainder.Count}");
    }

    /// <summary>All that a mirror has to make equal, one name a line.</summary>
    private List<string> Lines(IFileSource tree)
    {
        var lines = new List<string>();
        Describe(tree, TreePath.Root, _destination.KeepsLinks ? [] : null, lines);
        return lines;
    }

    private static void Describe(IFileSource tree, TreePath path, Dictionary<ulong, TreePath>? firstNames, List<string> lines)
    {
        tree.Stat(path, out var stat);
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{path} {stat.Mode:x} {stat.Uid}:{stat.Gid} {stat.Mtime.Seconds}.{stat.Mtime.Nanoseconds}");
        if (stat.IsSymlink && tree.ReadLink(path, out var target) == Errno.None)
            line.Append(CultureInfo.InvariantCulture, $" -> {TreePath.Printable(target)}");
        if (stat.IsRegular)
            line.Append(' ').Append(Content(tree, path));
        if (firstNames is not null && !stat.IsDirectory && !firstNames.TryAdd(stat.Inode, path))
            line.Append(CultureInfo.InvariantCulture, $" = {firstNames[stat.Inode]}");
        lines.Add(line.ToString());
        if (!stat.IsDirectory)
            return;
        var names = new List<byte[]>();
        tree.List(path, names);
        foreach (var child in names.ConvertAll(name => path.Child(name)).Order())
            Describe(tree, child, firstNames, lines);
    }

    private static string Content(IFileSource tree, TreePath path)
    {
        if (tree.Open(path, out var file) != Errno.None)
            return "unreadable";
        using (file)
        {
            var content = new byte[file!.Stat.Size];
            file.Read(content, 0, out _);
            return Convert.ToHexString(content);
        }
    }
}
