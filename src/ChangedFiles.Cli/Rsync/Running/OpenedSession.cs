using System.Buffers;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>A client's session, with the program that was started for it, if one was.</summary>
internal sealed class OpenedSession : IDisposable
{
    private static readonly SearchValues<char> PlainLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,.-_=+@/");

    private readonly RemoteShellProcess? _program;

    private OpenedSession(Session session, RemoteShellProcess? program) => (Session, _program) = (session, program);

    public Session Session { get; }

    /// <summary>Reaches the other side and opens a session for the invocation.</summary>
    public static OpenedSession Open(RsyncInvocation invocation, TextOutput text, CancellationToken cancellation) => invocation.Remote switch
    {
        { Kind: LocationKind.Daemon } daemon when !invocation.Connection.ShellToDaemon =>
            new OpenedSession(DaemonConnection.Open(invocation, daemon, text, cancellation), null),
        var remote => OpenShell(invocation, remote!, text, cancellation),
    };

    /// <summary>Ends the session and waits for the program; its exit code counts too.</summary>
    public ExitCode End()
    {
        Session.Finish();
        return (ExitCode)(_program?.WaitForExit() ?? 0);
    }

    /// <summary>The connection broke off: what the program says by its exit code counts, if it has ended.</summary>
    public RsyncException Explain(RsyncException failure) =>
        _program?.ExitCodeSoon() is { } code && code > (int)failure.ExitCode
            ? new RsyncException((ExitCode)code, failure.Stage, failure.Message, failure) { Who = failure.Who }
            : failure;

    public void Dispose() => Session.Dispose();

    /// <summary>Starts the remote shell, nothing more.</summary>
    public static Connection StartShell(RsyncInvocation invocation, Location remote, CancellationToken cancellation)
    {
        RemoteShellProcess.Start(ShellRequest(invocation, remote), out var connection, cancellation);
        return connection;
    }

    /// <summary>Words of a command, for the eye: those that are not plain in quotes.</summary>
    public static string Shown(IEnumerable<string> words)
    {
        var shown = words.Select(word => word.AsSpan().ContainsAnyExcept(PlainLetters) ? $"\"{word}\"" : word).ToList();
        return $"{string.Join(' ', shown)}  ({shown.Count} args)";
    }

    private static RemoteShellRequest ShellRequest(RsyncInvocation invocation, Location remote)
    {
        var words = RemoteShellCommand.Words(
            invocation.Connection.Rsh, invocation.Connection.RsyncPath, invocation.Connection.IPVersion,
            remote, invocation.ServerWords.ForShell(invocation.RemotePaths));
        return new RemoteShellRequest
        {
            Words = [.. words.Select(ArgumentText.Encode)],
            Secluded = invocation.ServerWords is { IsSecluded: true } server ? ServerArguments.Encode(server.Secluded(invocation.RemotePaths)) : null,
            Wishes = NegotiationWishes.Of(invocation.Options),
            Protocol = invocation.Options.Wire.Protocol,
            ConnectTimeout = TimeSpan.FromSeconds(invocation.Options.Wire.Timeout),
            Timeout = TimeSpan.FromSeconds(invocation.Options.Wire.Timeout),
            Unattended = invocation.Connection.Unattended,
        };
    }

    private static OpenedSession OpenShell(RsyncInvocation invocation, Location remote, TextOutput text, CancellationToken cancellation)
    {
        var request = ShellRequest(invocation, remote);
        if (invocation.Report.Debug[DebugFlag.Cmd] > 0)
            text.Print(ArgumentText.Encode($"opening connection using: {Shown(request.Words.Select(word => ArgumentText.Decode(word)))}"));
        var program = RemoteShellProcess.Start(request, out var connection, cancellation);
        try
        {
            var session = remote.Kind == LocationKind.Daemon
                ? DaemonConnection.Open(invocation, remote, text, connection)
                : RemoteShell.Open(request, connection);
            return new OpenedSession(session, program);
        }
        catch (RsyncException failure) when (failure.ExitCode is ExitCode.ProtocolStream or ExitCode.SocketIO)
        {
            // What the shell says by its exit code explains why there is nobody at the other end.
            var code = (ExitCode)Math.Max((int)failure.ExitCode, program.WaitForExit());
            connection.Dispose();
            throw new RsyncException(code, failure.Stage, failure.Message, failure);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
