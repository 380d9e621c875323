using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The client's side of the conversation with a daemon up to an open <see cref="Session"/> (docs/protocol.md 1.6 to 1.8).</summary>
internal sealed class DaemonClient
{
    private const int MaxLine = 5000;
    private const int MaxMotdLines = 10_000;

    private readonly DaemonRequest _request;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private bool _authenticated;

    private DaemonClient(DaemonRequest request, Connection connection)
    {
        _request = request;
        _reader = new FrameReader(connection);
        _writer = new FrameWriter(connection, _reader);
        connection.Timeout = request.Timeout;
    }

    /// <summary>Connects, authenticates, sends the arguments and negotiates. Blocks; nothing is read ahead of the session.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="known">What is known of the daemon; set to what this session showed. Null the first time.</param>
    /// <param name="cancellation">Ends every wait.</param>
    /// <exception cref="DaemonRefusedException">The daemon said no.</exception>
    /// <exception cref="RsyncException">It could not be reached, does not speak rsync's protocol, or did not answer in time.</exception>
    public static Session Open(DaemonRequest request, ref KnownDaemon? known, CancellationToken cancellation)
    {
        var assumed = known;
        known = null;
        var session = assumed is null ? null : TryOpen(request, ref assumed, cancellation);
        session ??= TryOpen(request, ref assumed, cancellation)!;
        known = assumed;
        return session;
    }

    /// <summary>
    /// Opens a session over streams that lead to a daemon, such as a remote shell's (docs/protocol.md 1.9). The connection is the session's
    /// then, and is closed when it cannot be opened.
    /// </summary>
    public static Session Open(DaemonRequest request, Connection connection)
    {
        KnownDaemon? known = null;
        try
        {
            return new DaemonClient(request, connection).Converse(connection, ref known)!;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Asks a daemon for its modules. Each line of the answer, the message of the day first, goes to <see cref="DaemonRequest.OnMotd"/>.</summary>
    public static void List(DaemonRequest request, Connection connection)
    {
        using (connection)
        {
            var client = new DaemonClient(request, connection);
            try
            {
                client._writer.Write(Encoding.ASCII.GetBytes($"@RSYNCD: {request.Protocol}.0 {DaemonDigest.Offer}\n#list\n"));
                client._writer.Flush();
                DaemonGreeting.Parse(client.ReadLine());
                client.ReadListing();
            }
            catch (RsyncException silence) when (IsLate(connection, silence))
            {
                throw NoAnswer(request, silence);
            }
        }
    }

    /// <summary>Connects to a daemon: by TCP, through a proxy, or by a command.</summary>
    public static Connection Connect(DaemonRequest request, CancellationToken cancellation)
    {
        var (address, timeout) = (request.Address, request.ConnectTimeout);
        var connection = request switch
        {
            { ConnectCommand: { } words } => RemoteShellProcess.StartOverSocket(words, cancellation),
            { Proxy: { } proxy } => WebProxy.Connect(proxy, address, request.Tcp, timeout, cancellation),
            _ => TcpTransport.Connect(address.Host, address.Port, request.Tcp, timeout, cancellation),
        };
        // A daemon that says a little now and then does not hold this side for ever.
        if (timeout > TimeSpan.Zero)
            connection.Deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        return connection;
    }

    /// <summary>Null when the daemon is no longer as it was known; then nothing is known of it.</summary>
    private static Session? TryOpen(DaemonRequest request, ref KnownDaemon? known, CancellationToken cancellation)
    {
        var connection = Connect(request, cancellation);
        var opened = false;
        try
        {
            var session = new DaemonClient(request, connection).Converse(connection, ref known);
            connection.Deadline = long.MaxValue;
            opened = session is not null;
            return session;
        }
        catch (RsyncException silence) when (IsLate(connection, silence))
        {
            throw NoAnswer(request, silence);
        }
        catch (RsyncException failure) when (failure is not DaemonRefusedException && failure.Stage != SessionStage.Connect)
        {
            throw new RsyncException(failure.ExitCode, failure.Stage, $"{request.Address}: {failure.Message}", failure);
        }
        finally
        {
            if (!opened)
                connection.Dispose();
        }
    }

    private static bool IsLate(Connection connection, RsyncException silence) =>
        silence.ExitCode == ExitCode.Timeout && Environment.TickCount64 >= connection.Deadline;

    private static RsyncException NoAnswer(DaemonRequest request, RsyncException silence) =>
        new(ExitCode.ConnectTimeout, SessionStage.Setup, $"{request.Address}: the daemon did not answer in time", silence);

    private Session? Converse(Connection connection, ref KnownDaemon? known)
    {
        var assumed = known;
        _writer.Write(Encoding.ASCII.GetBytes($"@RSYNCD: {_request.Protocol}.0 {DaemonDigest.Offer}\n"));
        if (assumed is not null)
            SendModuleAndArguments(assumed);
        _writer.Flush();

        var greeting = ReadLine();
        var daemon = DaemonGreeting.Parse(greeting);
        if (assumed is not null && assumed.Greeting != greeting)
        {
            known = null;
            return null;
        }
        if (assumed is null)
            SendModule();
        if (!ReadUntilAccepted(daemon, sentAhead: assumed is not null))
        {
            known = null;
            return null;
        }
        if (assumed is null)
            SendArguments();
        _writer.Flush();

        var protocol = Negotiation.CheckProtocol(Math.Min(_request.Protocol, daemon.Protocol));
        var terms = Negotiation.AsClient(_reader, _writer, protocol, _request.Wishes, assumed?.NegotiatesChecksum ?? false);
        var negotiates = terms.Has(CompatFlags.VarintFileListFlags);
        // Something that was sent and not expected, or expected and not sent, can't be called back.
        if (assumed is not null && assumed.NegotiatesChecksum != negotiates)
        {
            known = null;
            return null;
        }
        known = _authenticated ? null : new KnownDaemon(greeting, negotiates);
        return new Session(connection, _reader, _writer, terms);
    }

    private void SendModuleAndArguments(KnownDaemon assumed)
    {
        SendModule();
        SendArguments();
        if (assumed.NegotiatesChecksum)
            Negotiation.SendChecksumNames(_writer, _request.Wishes);
    }

    private void SendModule()
    {
        if (_request.EarlyInput is { } early)
        {
            _writer.Write(Encoding.ASCII.GetBytes($"#early_input={early.Length}\n"));
            _writer.Write(early);
        }
        _writer.Write(ArgumentText.Encode(_request.Address.Module + "\n"));
    }

    private void SendArguments()
    {
        foreach (var word in _request.Arguments)
        {
            _writer.Write(word);
            _writer.WriteByte(0);
        }
        _writer.WriteByte(0);
        if (_request.Secluded is { } words)
            _writer.Write(words);
    }

    /// <summary>Reads up to <c>@RSYNCD: OK</c>. False when a password is asked for but the arguments were sent in its place.</summary>
    private bool ReadUntilAccepted(DaemonGreeting daemon, bool sentAhead)
    {
        _writer.Flush();
        for (var lines = 0; lines < MaxMotdLines; lines++)
        {
            var line = ReadLine();
            if (line == "@RSYNCD: OK")
                return true;
            if (line.StartsWith("@ERROR", StringComparison.Ordinal))
                throw DaemonRefusedException.From(_request.Address, line["@ERROR".Length..].TrimStart(':', ' '));
            if (line == "@RSYNCD: EXIT")
                throw new RsyncException(ExitCode.StartClientServer, SessionStage.Setup, "the daemon ended the conversation");
            if (line.StartsWith("@RSYNCD: AUTHREQD ", StringComparison.Ordinal))
            {
                if (sentAhead)
                    return false;
                Authenticate(daemon, line["@RSYNCD: AUTHREQD ".Length..]);
            }
            else
            {
                _request.OnMotd?.Invoke(line);
            }
        }
        throw _reader.Bad($"more than {MaxMotdLines} lines before the module was accepted");
    }

    private void ReadListing()
    {
        for (var lines = 0; lines < MaxMotdLines; lines++)
        {
            var line = ReadLine();
            if (line == "@RSYNCD: EXIT")
                return;
            if (line.StartsWith("@ERROR", StringComparison.Ordinal))
                throw DaemonRefusedException.From(_request.Address, line["@ERROR".Length..].TrimStart(':', ' '));
            _request.OnMotd?.Invoke(line);
        }
    }

    private void Authenticate(DaemonGreeting daemon, string challenge)
    {
        if ((_request.Password ?? _request.AskPassword?.Invoke()) is not { } password)
            throw new DaemonRefusedException(DaemonRefusal.AuthenticationFailed,
                $"{_request.Address}: the module asks for a password: give --password-file or set RSYNC_PASSWORD");
        _authenticated = true;
        var response = DaemonDigest.Respond(daemon.Digests, password, challenge);
        _writer.Write(Encoding.UTF8.GetBytes($"{_request.Address.EffectiveUser} {response}\n"));
        _writer.Flush();
    }

    private string ReadLine()
    {
        var line = new List<byte>(80);
        while (true)
        {
            var next = _reader.ReadByte();
            if (next == '\n')
                return ArgumentText.Decode([.. line]);
            if (next == 0 || line.Count >= MaxLine)
                throw _reader.Bad("a line of the greeting is not text: is this an rsync daemon?");
            if (next != '\r')
                line.Add(next);
        }
    }
}
