using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Transports;

/// <summary>A command whose standard input and output lead to an rsync server, and what is asked of that.</summary>
internal sealed record RemoteShellRequest
{
    /// <summary>The local command, word by word: the shell, its options, the host, the remote program and its words (docs/protocol.md 1.1).</summary>
    public required IReadOnlyList<byte[]> Words { get; init; }

    /// <summary>The words that go ahead of everything with secluded args (docs/protocol.md 1.2), encoded; null without.</summary>
    public byte[]? Secluded { get; init; }

    /// <summary>What to negotiate.</summary>
    public NegotiationWishes Wishes { get; init; } = new();

    /// <summary>Highest protocol to speak, 30 to 32.</summary>
    public int Protocol { get; init; } = SessionTerms.MaxProtocol;

    /// <summary>Longest silence before the server has answered; zero is without limit.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest silence afterwards; zero is without limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>
    /// Nobody is there to read or answer: what the command says goes into the failure's text, and it is out of the terminal's reach. Otherwise it has this
    /// process's standard error and terminal.
    /// </summary>
    public bool Unattended { get; init; }
}

/// <summary>Starts a server through a remote shell, up to an open <see cref="Session"/> (docs/protocol.md 1.1, 2.1).</summary>
internal static class RemoteShell
{
    /// <summary>Starts the command and negotiates. Blocks. The session owns the command and ends it.</summary>
    /// <exception cref="RsyncException">It could not be started, ended at once, or what it leads to is no rsync.</exception>
    public static Session Open(RemoteShellRequest request, CancellationToken cancellation)
    {
        var process = RemoteShellProcess.Start(request, out var connection, cancellation);
        var opened = false;
        try
        {
            var session = Open(request, connection);
            opened = true;
            return session;
        }
        catch (RsyncException failure)
        {
            throw process.Explain(failure);
        }
        finally
        {
            if (!opened)
                connection.Dispose();
        }
    }

    /// <summary>Negotiates with a server behind a command that has been started.</summary>
    /// <exception cref="RsyncException">What it leads to is no rsync, or has ended.</exception>
    public static Session Open(RemoteShellRequest request, Connection connection)
    {
        connection.Timeout = request.ConnectTimeout;
        var reader = new FrameReader(connection);
        var writer = new FrameWriter(connection, reader);
        if (request.Secluded is { } words)
            writer.Write(words);
        var protocol = Negotiation.ExchangeVersions(reader, writer, request.Protocol);
        var terms = Negotiation.AsClient(reader, writer, protocol, request.Wishes);
        connection.Timeout = request.Timeout;
        return new Session(connection, reader, writer, terms);
    }
}
