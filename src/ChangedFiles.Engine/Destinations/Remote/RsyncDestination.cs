using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory that a stock rsync serves: each batch is one session, taken from those opened ahead.</summary>
internal sealed class RsyncDestination : IDestination
{
    private readonly WarmSessions _sessions;
    private readonly Func<LinkedTree?, IBatchSession>? _open;
    private volatile RsyncFeatures _features = new();
    // A batch with renames broke off, so the next one is sent as if nobody knew of any.
    private bool _renamesFailed;

    public RsyncDestination(RsyncDestinationOptions options, IFileSource source) : this(options, source, open: null)
    {
    }

    /// <param name="open">Stands for the server; null for the real one.</param>
    internal RsyncDestination(RsyncDestinationOptions options, IFileSource source, Func<LinkedTree?, IBatchSession>? open)
    {
        (Options, Source, _open) = (options, source, open);
        _sessions = new WarmSessions(
            token => options.Server.Open(options.Words(_features), TreePath.Root, options.Timeout, token), Retire, options.WarmSessions);
    }

    public string Name => Options.Name;

    internal RsyncDestinationOptions Options { get; }

    internal IFileSource Source { get; }

    internal IdNames Names { get; } = new();

    /// <summary>What the server is known to take.</summary>
    internal RsyncFeatures Features => _features;

    /// <summary>Names at the top of the destination that renames needed and that are still there.</summary>
    internal HashSet<TreePath> Asides { get; } = [];

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation) => Deliver(batch, before: null, cancellation);

    private Delivery Deliver(PlannedBatch batch, RsyncDelivery? before, CancellationToken cancellation)
    {
        if (_renamesFailed)
            batch = batch with { Renames = [] };
        var delivery = new RsyncDelivery(this, batch, before, cancellation);
        try
        {
            var delivered = delivery.Run();
            _renamesFailed = false;
            // Not before: a daemon that forks for the next session would take the processor from this one.
            _sessions.Refill();
            return delivered;
        }
        catch (RsyncException failure) when (_features.Without(failure) is { } fewer)
        {
            _features = fewer;
            _sessions.Discard();
            return Deliver(batch, delivery, cancellation);
        }
        catch (RsyncException failure) when (failure.FromPeer && batch.Renames.Count > 0)
        {
            // Names that were used for one thing after the other make a list that no receiver takes. Without renames there is no such list.
            _renamesFailed = true;
            return Deliver(batch, delivery, cancellation) with { Interrupted = true };
        }
        catch (RsyncException failure)
        {
            _renamesFailed |= batch.Renames.Count > 0;
            var interrupted = failure.Stage >= SessionStage.FileList;
            throw new DestinationException(Describe(failure), IsPermanent(failure), failure.ExitCode, failure) { Interrupted = interrupted };
        }
    }

    public TimeSpan Tend() => _sessions.Tend();

    public void Dispose()
    {
        _sessions.Dispose();
        Options.Server.Dispose();
    }

    /// <summary>A session for the whole destination, from those that wait, or for a directory that is made of what another one has.</summary>
    internal IBatchSession Take(CancellationToken cancellation, LinkedTree? tree = null) => _open is not null ? _open(tree)
        : new BatchSession(tree is { } linked ? OpenTree(linked, cancellation) : _sessions.Take(cancellation));

    /// <summary>A session that compares the content of files that look the same.</summary>
    internal IBatchSession TakeComparing(CancellationToken cancellation) => _open is not null ? _open(null)
        : new BatchSession(Options.Server.Open([.. Options.Words(_features), "--ignore-times"], TreePath.Root, Options.Timeout, cancellation));

    /// <summary>A session besides another one; null where the server has no room for it. If more than that is wrong, the other one tells what.</summary>
    internal IBatchSession? TryTakeAnother(CancellationToken cancellation)
    {
        try
        {
            return Take(cancellation);
        }
        catch (RsyncException)
        {
            return null;
        }
    }

    private Session OpenTree(LinkedTree tree, CancellationToken cancellation) => Options.Server.Open(
        [.. Options.Words(_features), $"--link-dest={Options.Server.PathOf(tree.LinkTo, tree.Directory)}"], tree.Directory, Options.Timeout, cancellation);

    /// <summary>An empty list ends a session without an error in the daemon's log.</summary>
    private void Retire(Session session) => new PushBatch { Entries = [], Options = Options.Transfer(_features), Source = Source }.Send(session);

    private string Describe(RsyncException failure) =>
        failure.Message.StartsWith("rsync://", StringComparison.Ordinal) ? failure.Message : $"{Name}: {failure.Message}";

    /// <summary>A refusal that no waiting will change. Everything else may pass: the server is tried again.</summary>
    private bool IsPermanent(RsyncException failure) => Options.Server.IsPermanent(failure)
        || failure is { FromPeer: true, ExitCode: ExitCode.SyntaxOrUsage or ExitCode.Unsupported or ExitCode.ProtocolIncompatibility };
}
