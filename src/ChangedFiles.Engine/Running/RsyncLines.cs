using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// Runs plain rsync lines inside this process: what a run has to send into one tree goes in one session. Places are kept for the next
/// run, with what they hold open. May be called from several threads.
/// </summary>
public sealed class RsyncLines : IDisposable
{
    /// <summary>Most destinations that are kept.</summary>
    private const int MaxPlaces = 16;

    private static readonly TimeSpan KeepUnused = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(10);

    private readonly RsyncRouter _router;
    private readonly Lock _lock = new();
    private readonly Dictionary<(RsyncAction, LandingTree), KeptPlace> _places = [];
    private readonly Timer _tending;

    public RsyncLines(RsyncRouter router)
    {
        _router = router;
        _tending = new Timer(_ => Tend(), null, TendInterval, TendInterval);
    }

    /// <summary>Sends what the events name.</summary>
    public ActionOutcome Run(ActionRun run, RsyncAction action, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        var failed = new HashSet<FileEvent>();
        var landings = run.Events.Select(happened => (Event: happened, Landing: Landing.Of(action, run.Rule, happened)));
        foreach (var tree in landings.GroupBy(to => to.Landing.Tree))
        {
            var names = tree.ToLookup(to => to.Landing.Name, to => to.Event);
            foreach (var (path, reason) in Deliver(action, tree.Key, [.. names.Select(name => name.Key)], cancellation))
            {
                reasons.Add(reason);
                // What no name can be given for concerns all of them.
                failed.UnionWith(names.Contains(path) ? names[path] : tree.Select(to => to.Event));
            }
        }
        return reasons.Count == 0 ? ActionOutcome.Success : new ActionOutcome(reasons[0]) { Failed = failed };
    }

    public void Dispose()
    {
        _tending.Dispose();
        lock (_lock)
        {
            foreach (var kept in _places.Values.ToList())
                Forget(kept);
        }
    }

    private IReadOnlyList<FailedPath> Deliver(
        RsyncAction action, LandingTree tree, IReadOnlyList<Rsync.Files.TreePath> names, CancellationToken cancellation)
    {
        if (!Directory.Exists(tree.Source))
            return [];    // It went with everything in it; that is told by events of its own.
        KeptPlace? kept = null;
        try
        {
            kept = Borrow(action, tree);
            return kept.Place.Deliver(names, cancellation);
        }
        catch (Exception e) when (e is DestinationException or SourceLostException)
        {
            // The next run begins anew.
            Forget(kept);
            return [new FailedPath(default, e.Message)];
        }
        finally
        {
            Return(kept);
        }
    }

    private KeptPlace Borrow(RsyncAction action, LandingTree tree)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue((action, tree), out var kept))
            {
                kept = new KeptPlace(_router(action, tree.Source, tree.Destination));
                _places.Add((action, tree), kept);
                foreach (var old in _places.Values.Where(k => k.Users == 0 && k != kept).OrderBy(k => k.LastUsed).Take(_places.Count - MaxPlaces).ToList())
                    Forget(old);
            }
            kept.Users++;
            return kept;
        }
    }

    private void Return(KeptPlace? kept)
    {
        if (kept is null)
            return;
        lock (_lock)
        {
            kept.Users--;
            kept.LastUsed = Environment.TickCount64;
            if (kept is { Users: 0, IsForgotten: true })
                kept.Place.Dispose();
        }
    }

    private void Forget(KeptPlace? forgotten)
    {
        lock (_lock)
        {
            foreach (var (key, kept) in _places.Where(place => place.Value == forgotten).ToList())
            {
                _places.Remove(key);
                kept.IsForgotten = true;
                if (kept.Users == 0)
                    kept.Place.Dispose();
            }
        }
    }

    private void Tend()
    {
        List<KeptPlace> idle;
        lock (_lock)
        {
            var old = Environment.TickCount64 - (long)KeepUnused.TotalMilliseconds;
            foreach (var kept in _places.Values.Where(kept => kept.Users == 0 && kept.LastUsed < old).ToList())
                Forget(kept);
            idle = [.. _places.Values.Where(kept => kept.Users == 0)];
            idle.ForEach(kept => kept.Users++);
        }
        foreach (var kept in idle)
        {
            var used = kept.LastUsed;
            kept.Place.Tend();
            Return(kept);
            kept.LastUsed = used;
        }
    }

    private sealed class KeptPlace(IRsyncPlace place)
    {
        public IRsyncPlace Place { get; } = place;

        public int Users { get; set; }

        /// <summary>In milliseconds of <see cref="Environment.TickCount64"/>.</summary>
        public long LastUsed { get; set; } = Environment.TickCount64;

        /// <summary>Whoever uses it last disposes it.</summary>
        public bool IsForgotten { get; set; }
    }
}
