using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>One watched directory whose events go through the rules to the runner.</summary>
public sealed class RuleWatch : IEventSink, IDisposable
{
    private readonly SourceRoot _root;
    private readonly IEventSource _source;
    private readonly EventTranslation _translation;
    private readonly ActionRunner _runner;
    private readonly ILogger _log;
    private readonly List<RuleMatch> _matches = [];
    private volatile RuleSet _rules;

    /// <param name="directory">An existing directory, absolute.</param>
    /// <param name="rules">What to look for.</param>
    /// <param name="runner">Gets what the rules call for.</param>
    /// <param name="options">How to watch; directories that no rule reaches are left out in any case.</param>
    /// <param name="log">What was lost and could not be watched.</param>
    /// <param name="clock">Gives events their time.</param>
    /// <exception cref="Planning.SourceLostException">The directory cannot be opened.</exception>
    /// <exception cref="WatchException">Nothing can watch it.</exception>
    public RuleWatch(string directory, RuleSet rules, ActionRunner runner, WatchOptions options, ILogger log, TimeProvider? clock = null)
    {
        Directory = directory;
        (_rules, _runner, _log) = (rules, runner, log);
        _root = SourceRoot.Open(directory);
        var path = PathText.Encode(directory.TrimEnd('/'));
        _translation = new EventTranslation(path, Stat, clock ?? TimeProvider.System);
        _source = EventSources.Open(_root.Handle, options with
        {
            Excludes = name => options.Excludes?.Invoke(name) == true || !_rules.Reaches([.. path, (byte)'/', .. name.Bytes]),
        });
    }

    public string Directory { get; }

    /// <summary>What watches, and why this one.</summary>
    public string Watching => _source.Description;

    /// <summary>The rules in force. New ones hold from the next event on; none is lost in between.</summary>
    public RuleSet Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>Begins: whatever happens after this returns is acted on.</summary>
    public void Start(CancellationToken cancellation) => _source.Start(this, cancellation);

    void IEventSink.Events(ReadOnlySpan<WatchEvent> events)
    {
        _root.Tree.Forget();
        foreach (ref readonly var seen in events)
        {
            if (seen.Has(FileOperations.Overflow))
                _log.EventsLost(Directory);
            if (seen.Has(FileOperations.RootGone))
                _log.RootGone(Directory);
            _translation.Translate(seen, Post);
        }
    }

    void IEventSink.Unwatched(TreePath directory, Errno reason) => _log.NotWatched(Directory, directory.ToString(), reason.Describe());

    void IEventSink.Failed(Exception reason) => _log.WatchingEnded(Directory, reason.Message);

    public void Dispose()
    {
        _source.Dispose();
        _root.Dispose();
    }

    private void Post(FileEvent happened)
    {
        _matches.Clear();
        _rules.Match(happened, _matches);
        if (_matches.Count == 0)
            return;
        var program = happened.Pid > 0 ? ProgramOf(happened.Pid) : null;
        foreach (var match in _matches)
        {
            // A MIRROR follows its tree by itself.
            if (match.Line.Action is not MirrorAction)
                _runner.Post(match with { Event = match.Event with { Program = program } });
        }
    }

    private FileStat? Stat(TreePath path) => _root.Tree.Stat(path, out var stat) == Errno.None ? stat : null;

    private static string? ProgramOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;    // It has ended.
        }
    }
}
