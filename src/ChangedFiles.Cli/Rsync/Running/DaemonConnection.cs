using System.Buffers;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>How a command line reaches a daemon.</summary>
internal static class DaemonConnection
{
    private const int MaxEarlyInput = 5120;

    private static readonly SearchValues<char> HostLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%+~");

    public static Session Open(RsyncInvocation invocation, Location daemon, TextOutput text, CancellationToken cancellation)
    {
        var request = Request(invocation, daemon, text);
        var debug = invocation.Report.Debug;
        if (debug[DebugFlag.Connect] > 0)
            text.Print(ArgumentText.Encode($"opening tcp connection to {request.Address.Host} port {request.Address.Port}"));
        if (debug[DebugFlag.Cmd] > 0)
            text.Print(ArgumentText.Encode($"sending daemon args: {OpenedSession.Shown(request.Arguments.Select(word => ArgumentText.Decode(word)))}"));
        KnownDaemon? known = null;
        return DaemonClient.Open(request, ref known, cancellation);
    }

    /// <summary>The same behind a remote shell.</summary>
    public static Session Open(RsyncInvocation invocation, Location daemon, TextOutput text, Connection connection) =>
        DaemonClient.Open(Request(invocation, daemon, text), connection);

    /// <summary>The list of a daemon's modules.</summary>
    public static ExitCode List(RsyncInvocation invocation, Location daemon, TextOutput text, CancellationToken cancellation)
    {
        var request = Request(invocation, daemon, text);
        DaemonClient.List(request, invocation.Connection.ShellToDaemon
            ? OpenedSession.StartShell(invocation, daemon, cancellation)
            : DaemonClient.Connect(request, cancellation));
        return ExitCode.Success;
    }

    /// <summary>The words of <c>RSYNC_CONNECT_PROG</c>: a shell's command, in which %H is the host.</summary>
    private static List<byte[]>? ConnectCommand(ConnectionOptions connection, string host)
    {
        if (connection.ConnectProgram is not { } program)
            return null;
        var parts = program.Split("%%");
        // Whatever quotes the user has put around %H: nothing in a host's name may mean anything to a shell.
        if (parts.Any(part => part.Contains("%H", StringComparison.Ordinal)) && (host.StartsWith('-') || host.AsSpan().ContainsAnyExcept(HostLetters)))
            throw new RsyncException(ExitCode.SocketIO, SessionStage.Setup, "unsafe host characters for RSYNC_CONNECT_PROG");
        var command = string.Join('%', parts.Select(part => part.Replace("%H", host, StringComparison.Ordinal)));
        return [.. new[] { connection.ConnectShell ?? "/bin/sh", "-c", command }.Select(ArgumentText.Encode)];
    }

    private static DaemonRequest Request(RsyncInvocation invocation, Location daemon, TextOutput text)
    {
        var connection = invocation.Connection;
        var options = invocation.Options;
        var words = invocation.ServerWords;
        return new DaemonRequest
        {
            Address = new DaemonAddress(daemon.Host, daemon.Module, daemon.Port == 0 ? DaemonAddress.DefaultPort : daemon.Port, daemon.User),
            Arguments = [.. words.ForDaemon(daemon.Module, invocation.RemotePaths).Select(ArgumentText.Encode)],
            Secluded = words.IsSecluded ? ServerArguments.Encode(words.Secluded(invocation.RemotePaths, daemon.Module)) : null,
            EarlyInput = connection.EarlyInput is { } early ? ReadEarlyInput(early, options.Selection.Paths) : null,
            Tcp = new TcpOptions { IPVersion = connection.IPVersion, LocalAddress = connection.Address, SocketOptions = connection.SockOpts, OnWarning = warning => text.Error(warning.EndsWith(')') ? $"rsync: [{(invocation.Push ? "sender" : "Receiver")}] {warning}" : warning) },
            Proxy = connection.Proxy,
            ConnectCommand = ConnectCommand(connection, daemon.Host),
            AskPassword = () => connection.PasswordFile is { } file ? PasswordFile.Read(file, options.Selection.Paths)
                : connection.Password is { } password ? ArgumentText.Encode(password) : Terminal.ReadSecret("Password: "),
            Wishes = NegotiationWishes.Of(options),
            Protocol = options.Wire.Protocol,
            ConnectTimeout = TimeSpan.FromSeconds(options.Wire.Contimeout),
            Timeout = TimeSpan.FromSeconds(options.Wire.Timeout),
            OnMotd = connection.NoMotd ? null : text.Info,
        };
    }

    private static byte[] ReadEarlyInput(string file, OperatorPaths paths)
    {
        try
        {
            using var input = OperatorFiles.OpenToRead(paths, file);
            using var content = new MemoryStream();
            input.CopyTo(content);
            return content.Length <= MaxEarlyInput ? content.ToArray()
                : throw Usage.Syntax($"{file} is > {MaxEarlyInput} bytes.");
        }
        catch (Exception failure) when (failure is (IOException and not RsyncException) or UnauthorizedAccessException)
        {
            throw Usage.Syntax($"failed to open {file}: {ErrnoText.Reason(failure)}");
        }
    }
}
