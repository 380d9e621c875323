using ChangedFiles.Cli.Rsync;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Which of the four ends of a session this program is, the peer being hostile.</summary>
public enum OurPart
{
    /// <summary>A client that receives.</summary>
    Pull,

    /// <summary>A client that sends.</summary>
    Push,

    /// <summary>A server that sends.</summary>
    ServeFiles,

    /// <summary>A server that receives.</summary>
    TakeFiles,
}

/// <summary>One end of a session with the options of a command line, run as the program runs it.</summary>
internal sealed record HostileRole(OurPart Part, params IReadOnlyList<string> Options)
{
    // A name that only the words carry: the peer is whoever holds the other end of the connection.
    private const string PeerPath = "/peer/";

    /// <summary>What a client asks its server for; nothing is all that is in a directory.</summary>
    public string Asked { get; init; } = "";

    public bool Receives => Part is OurPart.Pull or OurPart.TakeFiles;

    /// <summary>A server's seed would be different in each session, and with it all sums.</summary>
    private IEnumerable<string> AllOptions => [.. Options, "--checksum-seed=1", "--timeout=20"];

    /// <summary>The words a stock server is started with, for this client.</summary>
    public IReadOnlyList<string> ServerWords(string peerDirectory) =>
        Invocation($"{peerDirectory}/").ServerWords.ForProcess([$"{peerDirectory}/"]);

    /// <summary>The words of a stock client whose server this is.</summary>
    public IReadOnlyList<string> ClientWords(string shell, string peerDirectory) =>
    [
        .. AllOptions, "-e", shell,
        .. Part == OurPart.ServeFiles ? (string[])["host:/ours/", $"{peerDirectory}/"] : [$"{peerDirectory}/", "host:/ours/"],
    ];

    /// <summary>What the words mean to both ends.</summary>
    public TransferOptions Transfer => Invocation(PeerPath).Options;

    /// <summary>Opens the other end of the session, up to where the lists begin.</summary>
    public Session OpenPeer(Connection connection)
    {
        if (Part is OurPart.Pull or OurPart.Push)
        {
            var request = ServerRequest.Parse(ServerWords("/peer"));
            var server = new ServerSetup(connection).Open(request);
            FilterExchange.Read(server, new FilterRulesBuilder(), request.Options, request.Sender);
            return server;
        }
        var client = OpenClient(connection, Transfer);
        FilterExchange.Send(client, FilterRules.None, Transfer, sending: Part == OurPart.TakeFiles);
        client.Writer.Flush();
        return client;
    }

    /// <summary>Runs this end to whatever end it comes to.</summary>
    /// <param name="root">The directory of ours that is sent or received into.</param>
    /// <param name="opened">Told how many bytes this end has written before the multiplexed part.</param>
    public TransferResult Run(Connection connection, string root, Action<long>? opened = null)
    {
        Session? session = null;
        try
        {
            return Part is OurPart.Pull or OurPart.Push ? RunClient(out session) : RunServer(out session);
        }
        catch (RsyncException failure) when (!failure.FromPeer)
        {
            session?.GiveUp(failure.ExitCode);
            throw;
        }

        TransferResult RunClient(out Session opening)
        {
            var invocation = Parse(Part == OurPart.Pull ? [$"host:{PeerPath}{Asked}", root] : [$"{root}/", $"host:{PeerPath}"]);
            opening = OpenClient(connection, invocation.Options);
            opened?.Invoke(connection.BytesWritten);
            return Part == OurPart.Push
                ? new ClientPush { Options = invocation.Options, Sources = invocation.Sources, Filters = invocation.ReadFilters() }.Run(opening)
                : new ClientPull { Options = invocation.Options, Sources = invocation.Sources, Destination = root, Filters = invocation.ReadFilters() }.Run(opening);
        }

        TransferResult RunServer(out Session opening)
        {
            var request = ServerRequest.Parse([.. Invocation($"{root}/").ServerWords.ForProcess([$"{root}/"])]);
            var timeout = connection.Timeout;
            opening = new ServerSetup(connection).Open(request);
            connection.Timeout = timeout;
            opened?.Invoke(connection.BytesWritten);
            return new ServerRole { Request = request }.Run(opening);
        }
    }

    public override string ToString() => $"{Part} {string.Join(' ', Options)}";

    private static Session OpenClient(Connection connection, TransferOptions options) => RemoteShell.Open(new RemoteShellRequest
    {
        Words = [],
        Wishes = NegotiationWishes.Of(options),
        Protocol = options.Wire.Protocol,
        Timeout = connection.Timeout,
        ConnectTimeout = connection.Timeout,
    }, connection);

    /// <summary>The client's command line, whichever end the client is.</summary>
    private RsyncInvocation Invocation(string remote) =>
        Parse(Part is OurPart.Pull or OurPart.ServeFiles ? [$"host:{remote}", "."] : [".", $"host:{remote}"]);

    private RsyncInvocation Parse(IEnumerable<string> paths) => RsyncCommandLine.Parse([.. AllOptions, .. paths], _ => null);
}
