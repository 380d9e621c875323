using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Engine.Running;

/// <summary>How an rsync line reaches its destination.</summary>
/// <param name="Make">Makes the destination for a tree.</param>
/// <param name="Recurses">Directories go with all that is in them; else they are passed over.</param>
/// <param name="Filters">What the line leaves out.</param>
public sealed record RsyncRoute(DestinationMaker Make, bool Recurses, FilterRules Filters);

/// <summary>The route of a line into a directory: the line's own destination with this path in place of its path.</summary>
/// <exception cref="DestinationException">There is none.</exception>
public delegate RsyncRoute RsyncRouter(RsyncAction action, string directory);

/// <summary>
/// Runs plain rsync lines inside this process: what a run has to send into one tree is one batch of one session. Destinations are kept
/// for the next run, with sessions that were opened ahead. May be called from several threads.
/// </summary>
public sealed class RsyncLines : IDisposable
{
    /// <summary>Most destinations that are kept.</summary>
    private const int MaxPlaces = 16;

    private static readonly TimeSpan KeepUnused = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(10);

    private readonly RsyncRouter _router;
    private readonly Lock _lock = new();
    private readonly Dictionary<(RsyncAction, LandingTree), RsyncPlace> _places = [];
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
            foreach (var place in _places.Values)
                place.Dispose();
            _places.Clear();
        }
    }

    private IReadOnlyList<FailedPath> Deliver(
        RsyncAction action, LandingTree tree, IReadOnlyList<Rsync.Files.TreePath> names, CancellationToken cancellation)
    {
        if (!Directory.Exists(tree.Source))
            return [];    // It went with everything in it; that is told by events of its own.
        RsyncPlace? place = null;
        try
        {
            place = Borrow(action, tree);
            return place.Deliver(names, cancellation);
        }
        catch (Exception e) when (e is DestinationException or SourceLostException)
        {
            if (place is not null)
                Drop(place);
            return [new FailedPath(default, e.Message)];
        }
        finally
        {
            Return(place);
        }
    }

    private RsyncPlace Borrow(RsyncAction action, LandingTree tree)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue((action, tree), out var place))
            {
                place = new RsyncPlace(SourceRoot.Open(tree.Source), _router(action, tree.Destination));
                _places.Add((action, tree), place);
                MakeRoom();
            }
            place.Users++;
            return place;
        }
    }

    private void Return(RsyncPlace? place)
    {
        lock (_lock)
        {
            if (place is not null && --place.Users == 0 && !_places.ContainsValue(place))
                place.Dispose();
        }
    }

    /// <summary>The next run makes it anew; this one goes when nobody uses it any more.</summary>
    private void Drop(RsyncPlace place)
    {
        lock (_lock)
        {
            foreach (var (key, _) in _places.Where(kept => kept.Value == place).ToList())
                _places.Remove(key);
        }
    }

    private void MakeRoom()
    {
        foreach (var (key, place) in _places.Where(p => p.Value.Users == 0).OrderBy(p => p.Value.LastUsed).Take(_places.Count - MaxPlaces).ToList())
        {
            _places.Remove(key);
            place.Dispose();
        }
    }

    private void Tend()
    {
        List<RsyncPlace> idle;
        lock (_lock)
        {
            foreach (var (key, place) in _places.Where(p => p.Value.IsUnusedFor(KeepUnused)).ToList())
            {
                _places.Remove(key);
                place.Dispose();
            }
            idle = [.. _places.Values.Where(place => place.Users == 0)];
            idle.ForEach(place => place.Users++);
        }
        foreach (var place in idle)
        {
            place.Tend();
            Return(place);
        }
    }
}
