using System.Runtime.ExceptionServices;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Tokens;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>One transfer, from the command line to the exit code.</summary>
internal sealed class ClientRun(RsyncInvocation invocation, TextOutput text, CancellationToken cancellation)
{
    private readonly TransferStats _stats = new();
    private FilterRules _filters = FilterRules.None;
    private IEnumerable<byte[]>? _names;
    private Stream? _batch;

    /// <summary>True when this side sends: a push, or a local copy.</summary>
    public bool Sends => invocation.ReadBatch is null && (invocation.Push || invocation.Remote is null);

    /// <inheritdoc cref="ClientPull.Confined"/>
    public bool Confined { get; init; }

    /// <summary>Who is to blame when it ends before its time.</summary>
    public string Who { get; private set; } = "client";

    /// <summary>Runs it. What ends it before its time is thrown.</summary>
    public ExitCode Run()
    {
        if (invocation.Remote is { Kind: LocationKind.Daemon, Module: "" } daemon)
        {
            Who = Sends ? "sender" : "Receiver";
            return DaemonConnection.List(invocation, daemon, text, cancellation);
        }
        _filters = invocation.ReadFilters(text);
        _names = FilesFromNames.OfClient(invocation.Options.Selection);
        Who = Sends ? "sender" : "Receiver";
        if (invocation.ReadBatch is { } batch)
            return RunBatch(batch);
        using (_batch = invocation.WriteBatch is { } file ? BatchFiles.Create(file, invocation, _filters) : null)
            return invocation.Remote is null ? RunLocal() : RunRemote();
    }

    private ExitCode RunBatch(string file)
    {
        using var connection = BatchFiles.Open(file, invocation.Options.Selection.Paths, cancellation);
        var options = invocation.Options;
        var session = Session.OfBatch(connection, ref options, change =>
        {
            if (invocation.Report.Info[InfoFlag.Misc] > 0)
                text.Info(change);
        });
        invocation = invocation with { Options = options };
        using var output = Listen(session, out var events);
        var result = new ClientBatch
        {
            Options = options,
            Destination = invocation.Destination ?? ".",
            Filters = _filters,
            Report = invocation.Report,
            Events = events.Handlers,
            Stats = _stats,
        }.Run(session, cancellation);
        NameWhoEnds(result);
        output.End(result);
        return result.ExitCode;
    }

    private ExitCode RunRemote()
    {
        using var opened = OpenedSession.Open(invocation, text, cancellation);
        var session = opened.Session;
        using var output = Listen(session, out var events);
        var result = Transfer(opened, () => invocation.Push ? Push(session, events, cancellation) : Pull(session, events));
        NameWhoEnds(result);
        output.End(result);
        return (ExitCode)Math.Max((int)result.ExitCode, (int)opened.End());
    }

    private static TransferResult Transfer(OpenedSession opened, Func<TransferResult> run)
    {
        try
        {
            return Guarded(opened.Session, run);
        }
        catch (RsyncException failure) when (failure is { FromPeer: false, ExitCode: ExitCode.ProtocolStream or ExitCode.SocketIO })
        {
            throw opened.Explain(failure);
        }
    }

    /// <summary>A receiving side that got anything ends in its generator.</summary>
    private void NameWhoEnds(TransferResult result)
    {
        if (!Sends && result.Stats.Files.Total > 0)
            Who = "generator";
    }

    private ExitCode RunLocal()
    {
        using var copy = new LocalCopy(invocation.Options, invocation.Report, invocation.Destination ?? ".", invocation.Connection.RemoteOptions, cancellation);
        using var output = Listen(copy.Client, out var events);
        copy.Start(new TransferEvents { OnListed = events.Handlers.OnListed });
        TransferResult? result = null;
        Exception? failure = null;
        try
        {
            result = Push(copy.Client, events, copy.Stopped);
        }
        catch (Exception ended) when (ended is RsyncException or OperationCanceledException)
        {
            failure = ended;
        }
        var server = copy.End(failure);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        output.End(result!);
        return (ExitCode)Math.Max((int)result!.ExitCode, (int)(server?.ExitCode ?? ExitCode.Success));
    }

    private RunOutput Listen(Session session, out ClientEvents events)
    {
        var output = new RunOutput(invocation, RunOutput.ContextOf(session, invocation.Options, invocation.Remote is null), text, TimeProvider.System);
        session.Limit(invocation.Options.Wire);
        session.Batch = _batch;
        events = new ClientEvents(invocation, text, output, _stats, Sends);
        events.Listen(session);
        if (invocation.Report.Debug[DebugFlag.Nstr] > 0)
            SayChoices(session.Terms);
        CopyUser.Become(invocation.Options.Preserve.CopyAs);
        return output;
    }

    /// <summary><c>--debug=nstr</c>: what was chosen, by a user or between the two sides.</summary>
    private void SayChoices(SessionTerms terms)
    {
        var options = invocation.Options;
        text.Info(options.Comparison.ChecksumChoice is { } checksum
            ? $"Client checksum: {checksum}"
            : $"Client negotiated checksum: {terms.TransferChecksum.WireName()}");
        if (terms.Compression is { } name && Compression.TryParse(name, out var kind))
            text.Info($"Client {(options.Compression.Choice is null ? "negotiated " : "")}compress: {name} (level {kind.Level(options.Compression.Level)})");
    }

    private TransferResult Push(Session session, ClientEvents events, CancellationToken stopped) => new ClientPush
    {
        Options = invocation.Options,
        Sources = invocation.Sources,
        Filters = _filters,
        FilesFrom = _names,
        Report = invocation.Report,
        Events = events.Handlers,
        Stats = _stats,
    }.Run(session, stopped);

    private TransferResult Pull(Session session, ClientEvents events) => new ClientPull
    {
        Options = invocation.Options,
        Sources = [.. invocation.Sources.Select(BelowModule)],
        Destination = invocation.Destination ?? ".",
        Filters = _filters,
        FilesFrom = _names,
        Report = invocation.Report,
        Events = events.Handlers,
        Stats = _stats,
        Confined = Confined,
    }.Run(session, cancellation);

    private string BelowModule(string source) => invocation.Remote!.Kind == LocationKind.Daemon
        ? new Location(LocationKind.Daemon, source).PathInModule
        : source;

    /// <summary>The other side is told when this one gives up.</summary>
    private static TransferResult Guarded(Session session, Func<TransferResult> run)
    {
        try
        {
            return run();
        }
        catch (RsyncException failure) when (!failure.FromPeer)
        {
            session.GiveUp(failure.ExitCode);
            throw;
        }
        catch (OperationCanceledException)
        {
            session.GiveUp(ExitCode.Signal);
            throw;
        }
    }
}
