using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Engine.Destinations;

/// <summary>A directory in a module of a stock rsync daemon: each batch is one session, taken from those opened ahead.</summary>
public sealed class DaemonDestination : IDestination
{
    private readonly DaemonDestinationOptions _options;
    private readonly IFileSource _source;
    private readonly WarmSessions _sessions;
    private readonly IdNames _names = new();
    private KnownDaemon? _known;
    // Deleting by a name with mode 0 costs nothing extra; some releases reject it, and then filter rules do it (docs/protocol.md 15).
    private volatile bool _deleteByName = true;

    public DaemonDestination(DaemonDestinationOptions options, IFileSource source)
    {
        (_options, _source) = (options, source);
        _sessions = new WarmSessions(Open, Retire, options.WarmSessions);
    }

    public string Name => _options.Name;

    /// <summary>Sessions opened since the start.</summary>
    public long SessionsOpened => _sessions.Opened;

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation)
    {
        var begun = false;
        try
        {
            return Send(batch, ref begun, cancellation);
        }
        catch (RsyncException failure) when (_deleteByName && RejectsModeZero(failure))
        {
            _deleteByName = false;
            _sessions.Discard();
            return Deliver(batch, cancellation);
        }
        catch (RsyncException failure)
        {
            throw new DestinationException(Describe(failure), IsPermanent(failure), failure.ExitCode, failure) { Interrupted = begun };
        }
    }

    public TimeSpan Tend() => _sessions.Tend();

    public void Dispose() => _sessions.Dispose();

    private Delivery Send(PlannedBatch batch, ref bool begun, CancellationToken cancellation)
    {
        var deleteByName = _deleteByName;
        var wire = WireBatch.Of(batch, _options, deleteByName);
        var failures = new List<FailedPath>(batch.Failures);
        var foreseen = new List<ForeseenChange>();
        var created = new List<TreePath>();
        using var session = _sessions.Take(cancellation);
        begun = true;
        _sessions.Refill();
        void Foresee(ReadOnlyMemory<byte> name, ForeseenAction action)
        {
            if (_options.DryRun && TreePath.TryParse(name.Span, out var path))
                foreseen.Add(new ForeseenChange(path, action));
        }
        session.Messages.OnDeleted = (name, _) => Foresee(name, ForeseenAction.Delete);
        var result = new PushBatch
        {
            Entries = wire.Entries,
            Filters = wire.Filters,
            Options = _options.Transfer(deleteByName),
            Source = _source,
            Names = _names,
            Events = new TransferEvents
            {
                OnFileFailed = (entry, errno) =>
                {
                    if (!Planner.IsGone(errno))
                        failures.Add(new FailedPath(entry.Path, Linux.ErrnoText.Describe(errno)));
                },
                OnTransferred = (in item) => Foresee(item.Name, ForeseenAction.Send),
                OnItem = (in item) =>
                {
                    if (item.Kind == Linux.FileKind.Directory && item.Flags.HasFlag(ItemFlags.IsNew) && TreePath.TryParse(item.Name.Span, out var made))
                        created.Add(made);
                    if (item.Flags != ItemFlags.None)
                        Foresee(item.Name, Action(item.Flags));
                },
            },
        }.Send(session, cancellation);
        var complaints = FailureTexts.Assign(result.Errors, batch, failures);
        return new Delivery
        {
            Failures = failures,
            Complaints = complaints,
            Foreseen = foreseen,
            Created = created,
            Files = result.Stats.FilesTransferred,
            BytesSent = result.BytesSent,
            LiteralBytes = result.Stats.LiteralData,
            MatchedBytes = result.Stats.MatchedData,
        };
    }

    private Session Open(CancellationToken cancellation)
    {
        var known = _known;
        var session = DaemonClient.Open(
            new DaemonRequest
            {
                Address = _options.Address,
                Arguments = _options.Arguments(_deleteByName),
                Password = _options.Password,
                Timeout = _options.Timeout,
            },
            ref known, cancellation);
        _known = known;
        return session;
    }

    /// <summary>An empty list ends a session without an error in the daemon's log.</summary>
    private void Retire(Session session) =>
        new PushBatch { Entries = [], Options = _options.Transfer(_deleteByName), Source = _source }.Send(session);

    private static bool RejectsModeZero(RsyncException failure) =>
        failure.FromPeer && failure.Message.Contains("invalid file mode", StringComparison.OrdinalIgnoreCase);

    private static ForeseenAction Action(ItemFlags flags) =>
        (flags & (ItemFlags.IsNew | ItemFlags.LocalChange)) != 0 ? ForeseenAction.Send : ForeseenAction.SetAttributes;

    private string Describe(RsyncException failure) =>
        failure.Message.StartsWith("rsync://", StringComparison.Ordinal) ? failure.Message : $"{Name}: {failure.Message}";

    /// <summary>A refusal that no waiting will change. Everything else may pass: the peer is tried again.</summary>
    private static bool IsPermanent(RsyncException failure) =>
        failure is DaemonRefusedException { IsTemporary: false }
        || failure is { FromPeer: true, ExitCode: ExitCode.SyntaxOrUsage or ExitCode.Unsupported or ExitCode.ProtocolIncompatibility };
}
