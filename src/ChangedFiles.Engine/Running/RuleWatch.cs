using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>One watched directory whose events go through the rules to the runner.</summary>
internal sealed class RuleWatch : IEventSink, IDisposable
{
    private readonly SourceRoot _root;
    private readonly byte[] _path;
    private readonly IEventSource _source;
    private readonly EventTranslation _translation;
    private readonly ActionRunner _runner;
    private readonly ILogger _log;
    private readonly List<RuleMatch> _matches = [];
    private volatile RuleSet _rules = RuleSet.Empty;
    private volatile RuleWatch[] _elders = [];

    /// <param name="directory">An existing directory, absolute.</param>
    /// <param name="reach">What of it is of interest; directories elsewhere are not watched.</param>
    /// <param name="runner">Gets what the rules call for.</param>
    /// <param name="log">What was lost and could not be watched.</param>
    /// <exception cref="Planning.SourceLostException">The directory cannot be opened.</exception>
    /// <exception cref="WatchException">Nothing can watch it.</exception>
    public RuleWatch(string directory, PatternReach reach, ActionRunner runner, WatchOptions options, ILogger log)
    {
        Directory = directory;
        (Reach, _runner, _log) = (reach, runner, log);
        _root = SourceRoot.Open(directory);
        _path = ArgumentText.Encode(directory.TrimEnd('/'));
        _translation = new EventTranslation(_path, Stat, TimeProvider.System);
        _source = EventSources.Open(_root.Handle, options with { Excludes = name => !Reach.Reaches([.. _path, (byte)'/', .. name.Bytes]) });
    }

    public string Directory { get; }

    public PatternReach Reach { get; }

    /// <summary>What watches, and why this one.</summary>
    public string Description => _source.Description;

    /// <summary>The rules in force. New ones hold from the next event on; none is lost in between.</summary>
    public RuleSet Rules
    {
        set => _rules = value;
    }

    /// <summary>Others that see a part of the same: what they see is left to them, so that nothing is acted on twice.</summary>
    public IEnumerable<RuleWatch> Elders
    {
        set => _elders = [.. value];
    }

    /// <summary>The directory went away. Called once, on the thread that watches.</summary>
    public Action? OnGone { get; set; }

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
                OnGone?.Invoke();
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
        if (_matches.Count == 0 || _elders.Any(elder => elder.Sees(happened.Path)))
            return;
        var program = happened.Pid > 0 ? ProgramOf(happened.Pid) : null;
        foreach (var match in _matches)
        {
            // A MIRROR follows its tree by itself.
            if (match.Line.Action is not MirrorAction)
                _runner.Post(match with { Event = match.Event with { Program = program } });
        }
    }

    /// <summary>True when this watches the directory that the path is in.</summary>
    private bool Sees(ReadOnlySpan<byte> path)
    {
        var directory = path[..path.LastIndexOf((byte)'/')];
        var isInside = directory.StartsWith(_path) && (directory.Length == _path.Length || directory[_path.Length] == '/');
        return isInside && Reach.Reaches(directory.IsEmpty ? "/"u8 : directory);
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
