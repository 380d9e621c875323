using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Engine.Watching;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// Rules at work: watches what they reach, hands what happens to the runner, keeps their mirrors going. New rules take the place of the
/// old ones while everything goes on. For that, a directory that is watched stays watched; where new rules reach further, another
/// watch is added, and leaves to the older ones what they see.
/// </summary>
public sealed class RuleDaemon : IDisposable
{
    private readonly ActionRunner _runner;
    private readonly RuleMirrors? _mirrors;
    private readonly WatchOptions _options;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly List<RuleWatch> _watches = [];
    private RuleSet _rules = RuleSet.Empty;
    private bool _disposed;

    /// <param name="runner">Gets what the rules call for. Stays the caller's, who ends it after this.</param>
    /// <param name="mirrors">Makes what MIRROR lines ask for; without it they are passed over.</param>
    /// <param name="options">How to watch.</param>
    /// <param name="log">What people should know.</param>
    public RuleDaemon(ActionRunner runner, MirrorMaker? mirrors, WatchOptions options, ILogger log)
    {
        (_runner, _options, _log) = (runner, options, log);
        _mirrors = mirrors is null ? null : new RuleMirrors(mirrors, log);
    }

    /// <summary>Puts rules to work in place of those that are. When this fails, everything stays as it was.</summary>
    /// <exception cref="SourceLostException">A directory cannot be opened.</exception>
    /// <exception cref="WatchException">A directory cannot be watched.</exception>
    public void Apply(RuleSet rules)
    {
        lock (_lock)
        {
            OpenWatches(rules);
            _rules = rules;
            _runner.SetParallel(rules.Settings.Parallel);
            foreach (var watch in _watches)
                watch.Rules = rules;
            CloseWatches(watch => !watch.Reach.Meets(rules.Reach));
            _mirrors?.Apply(rules);
        }
    }

    /// <summary>Ends the watching, and the mirrors when they have delivered what is pending, which may take at most so long.</summary>
    public void Stop(TimeSpan limit)
    {
        lock (_lock)
        {
            _disposed = true;
            CloseWatches(_ => true);
            _mirrors?.Stop(limit);
        }
    }

    public void Dispose() => Stop(TimeSpan.Zero);

    private void OpenWatches(RuleSet rules)
    {
        var reach = rules.Reach.Without([.. _watches.Select(watch => watch.Reach)]);
        var opened = new List<RuleWatch>();
        try
        {
            foreach (var directory in PatternReach.Outermost(reach.Roots.Select(NearestExisting)))
            {
                var watch = new RuleWatch(directory, reach, _runner, _options, _log) { Elders = [.. _watches, .. opened] };
                opened.Add(watch);
                watch.OnGone = () => Task.Run(() => WatchAgain(watch));
                watch.Start(CancellationToken.None);
                _log.Watching(directory, watch.Description);
            }
        }
        catch
        {
            opened.ForEach(watch => watch.Dispose());
            throw;
        }
        _watches.AddRange(opened);
    }

    private void CloseWatches(Predicate<RuleWatch> which)
    {
        var closed = _watches.FindAll(which);
        _watches.RemoveAll(which);
        for (var i = 0; i < _watches.Count; i++)
            _watches[i].Elders = _watches.Take(i);
        closed.ForEach(watch => watch.Dispose());
    }

    // What was removed may come back: until then the directory above it is watched.
    private void WatchAgain(RuleWatch gone)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _log.RootGone(gone.Directory);
            CloseWatches(watch => watch == gone);
            try
            {
                OpenWatches(_rules);
                foreach (var watch in _watches)
                    watch.Rules = _rules;
            }
            catch (Exception e) when (e is WatchException or SourceLostException)
            {
                _log.WatchingEnded(gone.Directory, e.Message);
            }
        }
    }

    private static string NearestExisting(string directory)
    {
        while (!Directory.Exists(directory))
            directory = Path.GetDirectoryName(directory) ?? "/";
        return directory;
    }
}
