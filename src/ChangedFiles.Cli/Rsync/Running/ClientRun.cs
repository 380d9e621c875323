using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>One transfer, from the command line to the exit code.</summary>
internal sealed class ClientRun(RsyncInvocation invocation, TextOutput text, CancellationToken cancellation)
{
    private readonly TransferStats _stats = new();

    /// <summary>True when this side sends: a push, or a local copy.</summary>
    public bool Sends => invocation.Push || invocation.Remote is null;

    /// <summary>Runs it. What ends it before its time is thrown.</summary>
    public ExitCode Run()
    {
        if (invocation.Remote is { Kind: LocationKind.Daemon, Module: "" } daemon)
            return DaemonConnection.List(invocation, daemon, text, cancellation);
        var filters = invocation.ReadFilters();
        using var opened = OpenedSession.Open(invocation, text, cancellation);
        var session = opened.Session;
        using var output = new RunOutput(invocation, Context(session), text, TimeProvider.System);
        var events = new ClientEvents(invocation, text, output, _stats, Sends);
        events.Listen(session);
        var result = new ClientPush
        {
            Options = invocation.Options,
            Sources = invocation.Sources,
            Filters = filters,
            Report = invocation.Report,
            Events = events.Handlers,
            Stats = _stats,
        }.Run(session, cancellation);
        output.End(Numbers(result));
        return (ExitCode)Math.Max((int)result.ExitCode, (int)opened.End());
    }

    private ItemFormatContext Context(Session session) => new()
    {
        Itemize = new ItemizeContext(invocation.Remote is null, invocation.Options.Preserve.Times, session.Terms.Has(CompatFlags.SymlinkTimes)),
        PreserveGroup = invocation.Options.Preserve.Group,
        ChecksumLength = session.Terms.ListChecksum.DigestLength(),
    };

    private RunNumbers Numbers(TransferResult result) => new()
    {
        Files = result.Stats.Files,
        Created = result.Stats.Created,
        Deleted = result.Stats.Deleted,
        Transferred = result.Stats.FilesTransferred,
        TotalSize = result.Stats.TotalSize,
        TransferredSize = result.Stats.TransferredSize,
        LiteralData = result.Stats.LiteralData,
        MatchedData = result.Stats.MatchedData,
        FileListSize = result.Stats.FileListSize,
        FileListGeneration = result.Stats.FileListGeneration,
        FileListTransfer = result.Stats.FileListTransfer,
        Sent = result.BytesSent,
        Received = result.BytesReceived,
        DryRun = invocation.Options.DryRun,
        OnlyWriteBatch = invocation.Options.Writing.OnlyWriteBatch,
    };
}
