using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Roles;

/// <summary>
/// A copy on this machine: a client that sends and a server that receives, in one process, over a pair of sockets. They need no
/// negotiation, as both are this program.
/// </summary>
internal sealed class LocalCopy : IDisposable
{
    private readonly ServerRequest _request;
    private readonly Session _server;
    private readonly CancellationTokenSource _stop;
    private Thread? _thread;
    private TransferResult? _result;
    private Exception? _failure;

    /// <param name="options">What is to be done. Between disks whole files are quicker than deltas, unless the options say otherwise.</param>
    /// <param name="report">What of it is to be said.</param>
    /// <param name="destination">Where to, as a user writes it.</param>
    /// <param name="remoteOptions">Options for the receiving side only (<c>-M</c>).</param>
    /// <param name="cancellation">Ends both sides.</param>
    public LocalCopy(TransferOptions options, ReportOptions report, string destination, IReadOnlyList<string> remoteOptions, CancellationToken cancellation)
    {
        // The server is asked in the words of a remote one, so that it does the same.
        options = options with
        {
            Comparison = options.Comparison with { WholeFile = options.Comparison.WholeFile ?? options.Writing.Append == AppendMode.None },
            Wire = options.Wire with { SecludedArgs = false, OldArgs = 0 },
            ListOnlyByName = options.ListOnly,
        };
        _request = ServerRequest.Parse(new ServerArguments(options, report, push: true, remoteOptions).ForProcess([destination]));
        // What is said to one side only: both are on this one.
        _request = _request with
        {
            Options = _request.Options with
            {
                Preserve = _request.Options.Preserve with
                {
                    FakeSuper = _request.Options.Preserve.FakeSuper || options.Preserve.FakeSuper,
                    Super = _request.Options.Preserve.Super ?? options.Preserve.Super,
                },
                Selection = _request.Options.Selection with { InsecureLinks = options.Selection.InsecureLinks, ConfineRoot = options.Selection.ConfineRoot },
            },
            // --progress asks for names, too, and is not among a server's words.
            Report = _request.Report with { Debug = report.Debug, Info = _request.Report.Info.With(InfoFlag.Name, report.Info[InfoFlag.Name]) },
        };
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (first, second) = Descriptors.SocketPair();
        var terms = Terms(_request, options);
        Client = Open(first, terms, isServer: false);
        _server = Open(second, terms, isServer: true);
    }

    /// <summary>The client's session.</summary>
    public Session Client { get; }

    /// <summary>Ends when either side gives up.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Starts the server in a thread of its own.</summary>
    /// <param name="events">What it tells; the same things as a server's peer would learn.</param>
    public void Start(TransferEvents events)
    {
        _thread = new Thread(() => Serve(events)) { Name = "rsync server", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for the server.</summary>
    /// <param name="client">What ended the client before its time; null when it came to its end.</param>
    /// <returns>How the server ended; null when <paramref name="client"/> is the reason of all.</returns>
    public TransferResult? End(Exception? client)
    {
        if (client is not null)
            _stop.Cancel();
        _thread?.Join();
        // The first to fail has made the other fail: its connection just ended.
        if (_failure is RsyncException failure && client is null or RsyncException { ExitCode: ExitCode.ProtocolStream or ExitCode.SocketIO } or OperationCanceledException
            && failure.ExitCode is not (ExitCode.ProtocolStream or ExitCode.SocketIO))
            throw new RsyncException(failure.ExitCode, failure.Stage, failure.Message, failure) { Who = "Receiver" };
        return _result;
    }

    public void Dispose()
    {
        Client.Dispose();
        _thread?.Join();
        _server.Dispose();
        _stop.Dispose();
    }

    private void Serve(TransferEvents events)
    {
        try
        {
            _result = new ServerRole { Request = _request, Events = events }.Run(_server, _stop.Token);
        }
        catch (Exception failure) when (failure is RsyncException or OperationCanceledException or LinuxException)
        {
            _failure = failure;
            SayLastWords();
        }
        finally
        {
            _server.Finish();
        }
    }

    /// <summary>What was said of the failure is still to be sent.</summary>
    private void SayLastWords()
    {
        try
        {
            _server.Writer.Flush();
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // The client has failed as well.
        }
    }

    private Session Open(System.Runtime.InteropServices.SafeHandle handle, SessionTerms terms, bool isServer)
    {
        var connection = new Connection(handle, handle, cancellation: _stop.Token);
        var reader = new FrameReader(connection);
        return new Session(connection, reader, new FrameWriter(connection, reader), terms, isServer);
    }

    private static SessionTerms Terms(ServerRequest request, TransferOptions options)
    {
        var wishes = NegotiationWishes.Of(options);
        if (!Checksum.TryParse(wishes.Checksums[0], out var kind))
            throw new InvalidOperationException($"{wishes.Checksums[0]} was wished for and is not there");
        return new SessionTerms
        {
            Protocol = Math.Min(options.Wire.Protocol, SessionTerms.MaxProtocol),
            Flags = Negotiation.FlagsFor(request),
            TransferChecksum = wishes.Checksum?.Transfer ?? kind,
            ListChecksum = wishes.Checksum?.List ?? kind,
            Compression = wishes.Compression ?? (wishes.Compressions.Count > 0 ? wishes.Compressions[0] : null),
            IsLocal = true,
            Seed = Random.Shared.Next(1, int.MaxValue),
        };
    }
}
