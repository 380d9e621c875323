using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Engine.Mirrors;

/// <summary>How a directory is mirrored.</summary>
public sealed record MirrorOptions
{
    /// <summary>How changes are seen.</summary>
    public WatchOptions Watch { get; init; } = new();

    /// <summary>Ends after the first comparison of everything, without watching.</summary>
    public bool Once { get; init; }

    /// <summary>Where to keep what is known of the destinations until the next start; null keeps nothing.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Options that make a difference to what is mirrored: with others, what was kept is not used.</summary>
    public string Variant { get; init; } = "";

    /// <summary>A change is delivered when its name has been left alone for so long; zero delivers at once.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>A file that is written to is delivered when it is closed, or after so long; null does not wait longer than makes no difference.</summary>
    public TimeSpan? WaitClose { get; init; }

    /// <summary>How often everything is looked at, for changes that nobody tells of; zero for never.</summary>
    public TimeSpan Recheck { get; init; }

    /// <summary>What is left out, and so neither sent nor deleted.</summary>
    public FilterRules Rules { get; init; } = FilterRules.None;
}

/// <summary>Makes a destination for a tree of which a selection is mirrored.</summary>
public delegate IDestination DestinationMaker(IFileSource source, Selection selection);

/// <summary>
/// One directory kept equal at several destinations. Starting, catching up after lost events, and coming back from an outage are the
/// same thing: a mark on the root that says "all of it is in question".
/// </summary>
public sealed class Mirror : IDisposable
{
    /// <summary>How long the end waits for the kernel's queue.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    private readonly SourceRoot _root;
    private readonly MirrorOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<DestinationWorker> _workers = [];
    private readonly TaskCompletionSource<string?> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StateFile> _state = [];
    private IEventSource? _source;
    private MarkingSink? _sink;

    /// <param name="root">Owned from here on.</param>
    /// <param name="destinations">Makes each destination for the tree; what they make is owned from here on.</param>
    public Mirror(SourceRoot root, MirrorOptions options, IEnumerable<DestinationMaker> destinations, TimeProvider? clock = null)
    {
        (_root, _options, Source) = (root, options, root.RealPath);
        _clock = clock ??= TimeProvider.System;
        foreach (var make in destinations)
        {
            // Each worker has its own: a scope remembers the merge files of the directories it came through.
            var selection = new Selection(options.Rules, root.Tree);
            var changes = new DirtyTree(clock, settle: options.Settle, keepsHolds: options.WaitClose is not null);
            var worker = new DestinationWorker(make(root.Tree, selection), new Planner(root.Tree, selection), changes, CheckSource, clock)
            {
                Recheck = options.Recheck,
                OnPassEnded = GiveMemoryBack,
            };
            _workers.Add(worker);
        }
    }

    /// <summary>One for each destination, in their order.</summary>
    public IReadOnlyList<DestinationWorker> Workers => _workers;

    /// <summary>What watches, and why this one; empty before <see cref="Start"/>.</summary>
    public string Watching => _source?.Description ?? "";

    /// <summary>The directory that is mirrored.</summary>
    public string Source { get; }

    /// <summary>Times that events were lost, each followed by a look at everything.</summary>
    public long Overflows => _sink?.Overflows ?? 0;

    /// <summary>Something that cannot be watched. Set before <see cref="Start"/>.</summary>
    public Action<string>? OnWarning { get; set; }

    /// <summary>Completes when the source is lost, with the reason: the mirror has halted.</summary>
    public Task<string?> Lost => _lost.Task;

    /// <summary>Begins: watches first, then compares everything, so that nothing falls between the two.</summary>
    /// <exception cref="WatchException">The tree cannot be watched.</exception>
    /// <exception cref="MirrorBusyException">Another process mirrors the same to the same destination.</exception>
    public void Start(CancellationToken cancellation)
    {
        foreach (var worker in _workers)
            Remember(worker);
        if (!_options.Once)
        {
            _source = EventSources.Open(_root.Handle, _options.Watch);
            _sink = new MarkingSink([.. _workers.Select(worker => worker.Changes)], Halt, text => OnWarning?.Invoke(text), _options.WaitClose);
            _source.Start(_sink, cancellation);
        }
        foreach (var worker in _workers)
        {
            worker.Changes.MarkEverything(trusting: true);
            worker.Start();
            if (_options.Once)
                worker.Finish();
        }
    }

    /// <summary>Counts what there is to mirror, in the background.</summary>
    public SourceTotals Count(CancellationToken cancellation) =>
        SourceTotals.Begin(_root.Tree, new Selection(_options.Rules, _root.Tree), cancellation);

    /// <summary>
    /// A timestamp of the mirror's clock: all that happened before it is marked by now, and at a destination as soon as that has confirmed
    /// what was marked before it. Null when the source did not tell in time.
    /// </summary>
    public long? CatchUp(TimeSpan limit)
    {
        if (_source is { } source && !source.CatchUp(limit))
            return null;
        return _clock.GetTimestamp();
    }

    /// <summary>Compares everything with the destinations, whatever is known of them.</summary>
    public void Verify()
    {
        foreach (var worker in _workers)
            worker.Verify();
    }

    /// <summary>Goes on where too much was to be deleted. False when nothing is held.</summary>
    public bool Resume() => _workers.Aggregate(false, (any, worker) => worker.Resume() || any);

    /// <summary>Delivers what has happened so far, then ends.</summary>
    public void Finish()
    {
        CatchUp(LastLook);
        foreach (var worker in _workers)
            worker.Finish();
    }

    /// <summary>Ends at once.</summary>
    public void Abort()
    {
        foreach (var worker in _workers)
            worker.Abort();
    }

    /// <summary>Waits until every worker has ended, at most <paramref name="limit"/> for each that has not.</summary>
    public bool Join(TimeSpan limit) => _workers.TrueForAll(worker => worker.Join(limit));

    public void Dispose()
    {
        _source?.Dispose();
        foreach (var worker in _workers)
            worker.Dispose();
        foreach (var file in _state)
            file.Dispose();
        _root.Dispose();
    }

    private void Remember(DestinationWorker worker)
    {
        if (_options.StateDirectory is not { } directory)
            return;
        try
        {
            var file = StateFile.Open(directory, Source, worker.Status.Name, _options.Variant);
            _state.Add(file);
            worker.Remember(new ConfirmedDirectories(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            OnWarning?.Invoke($"the next start will compare everything, as nothing can be kept in {directory}: {failure.Message}");
        }
    }

    private void CheckSource()
    {
        _root.Check();
        // What others moved or replaced since the last batch must be seen as it is now.
        _root.Tree.Forget();
    }

    /// <summary>What a look at a large tree took would otherwise be kept until there is as much to do again.</summary>
    private static void GiveMemoryBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private void Halt(string reason)
    {
        foreach (var worker in _workers)
            worker.Halt(reason);
        _lost.TrySetResult(reason);
    }
}
