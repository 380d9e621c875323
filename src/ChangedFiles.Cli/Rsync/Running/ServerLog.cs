using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>The log file of a server (<c>-M--log-file</c>): what a client would print, for those who look after the other end.</summary>
internal sealed class ServerLog : IDisposable
{
    private readonly TextOutput _text;
    private readonly RunOutput _output;
    private readonly ClientEvents _events;

    private ServerLog(RsyncInvocation invocation, Session session)
    {
        _text = RunOutput.OpenText(new ProgramStreams(Stream.Null, Stream.Null), invocation, _ => null, TimeProvider.System);
        _output = new RunOutput(invocation, RunOutput.ContextOf(session, invocation.Options, isLocal: false), _text, TimeProvider.System);
        _events = new ClientEvents(invocation, _text, _output, new TransferStats(), invocation.Server!.Sender);
        Handlers = _events.Handlers with { OnListed = null, OnProgress = null };
    }

    /// <summary>Null when none was asked for.</summary>
    public static ServerLog? Open(RsyncInvocation invocation, Session session) =>
        invocation.Output.LogFile is null ? null : new ServerLog(invocation, session);

    public TransferEvents Handlers { get; }

    /// <summary>A line that the user gets to see.</summary>
    public void Say(MessageCode code, string line) => _events.Say(code, line);

    public void End(TransferResult result) => _text.Log(ArgumentText.Encode(StatsReport.LogLine(result)));

    public void Dispose()
    {
        _output.Dispose();
        _text.Dispose();
    }
}
