using System.Diagnostics;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Watching;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>Makes the live mirror that a MIRROR line asks for, not yet started.</summary>
/// <exception cref="SourceLostException">The source directory cannot be opened.</exception>
public delegate Mirror MirrorMaker(MirrorAction action);

/// <summary>The live mirrors of MIRROR lines. One that stands unchanged in new rules goes on.</summary>
internal sealed class RuleMirrors(MirrorMaker make, ILogger log)
{
    /// <summary>How often to look for a source directory that is not there yet.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Mirror> _running = [];
    private readonly Dictionary<string, (MirrorAction Action, string Place)> _waiting = [];
    private Timer? _timer;

    public void Apply(RuleSet rules)
    {
        lock (_lock)
        {
            var wanted = rules.Rules.SelectMany(rule => rule.Lines).Where(line => line.Action is MirrorAction)
                .DistinctBy(line => KeyOf((MirrorAction)line.Action)).ToDictionary(line => KeyOf((MirrorAction)line.Action));
            _waiting.Clear();
            End([.. _running.Where(m => !wanted.ContainsKey(m.Key) || m.Value.Lost.IsCompleted).Select(m => m.Key)], TimeSpan.Zero);
            foreach (var (key, line) in wanted)
            {
                if (!_running.ContainsKey(key))
                    Start(key, (MirrorAction)line.Action, line.Place);
            }
        }
    }

    /// <summary>Lets them deliver what is pending, at most so long.</summary>
    public void Stop(TimeSpan limit)
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _waiting.Clear();
            End([.. _running.Keys], limit);
        }
    }

    private static string KeyOf(MirrorAction action) =>
        string.Join('\0', [action.Root, action.Destination, .. action.Options, "", .. action.Excludes]);

    private void Start(string key, MirrorAction action, string place)
    {
        Mirror? mirror = null;
        try
        {
            mirror = make(action);
            mirror.OnWarning = text => log.MirrorSaid(place, text);
            foreach (var worker in mirror.Workers)
            {
                worker.OnState = status => Tell(place, status);
                worker.OnFailure = failure => log.MirrorFailed(place, worker.Status.Name, failure.Path.ToString(), failure.Reason);
            }
            mirror.Start(CancellationToken.None);
            _running.Add(key, mirror);
            log.Mirroring(place, action.Root, action.Destination);
        }
        catch (Exception e) when (e is SourceLostException or WatchException)
        {
            mirror?.Dispose();
            if (!_waiting.ContainsKey(key))
                log.MirrorWaits(place, e.Message);
            _waiting[key] = (action, place);
            _timer ??= new Timer(_ => StartWaiting(), null, LookAgain, LookAgain);
        }
    }

    private void StartWaiting()
    {
        lock (_lock)
        {
            foreach (var (key, (action, place)) in _waiting.ToList())
            {
                Start(key, action, place);
                if (_running.ContainsKey(key))
                    _waiting.Remove(key);
            }
        }
    }

    private void End(IReadOnlyList<string> keys, TimeSpan limit)
    {
        var waited = Stopwatch.StartNew();
        foreach (var key in keys)
            _running[key].Finish();
        foreach (var key in keys)
        {
            var left = limit - waited.Elapsed;
            _running[key].Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            _running[key].Dispose();
            _running.Remove(key);
        }
    }

    private void Tell(string place, DestinationStatus status)
    {
        if (status.State == DestinationState.Following)
            log.MirrorFollows(place, status.Name, status.Names, status.Files);
        else
            log.MirrorState(place, status.Name, status.State, status.Reason ?? "");
    }
}
