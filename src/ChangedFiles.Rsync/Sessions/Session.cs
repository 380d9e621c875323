using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// An open, negotiated, multiplexed connection to a peer, just before the first filter rule or file list (docs/protocol.md 2.6).
/// It may wait here as long as its keepalives are sent (13.2). Used once, by one role, then disposed of.
/// </summary>
internal sealed class Session : IDisposable
{
    /// <summary>How much of a broken session is read in search of the peer's last words, in bytes.</summary>
    private const long MaxLastWords = 64 << 20;

    /// <summary>How long they are waited for, in milliseconds: a peer that goes on and on is left.</summary>
    private const int LastWordsTime = 10_000;

    internal Session(Connection connection, FrameReader reader, FrameWriter writer, SessionTerms terms, bool isServer = false)
    {
        (Connection, Reader, Writer, Terms, IsServer) = (connection, reader, writer, terms, isServer);
        Messages.OnTimeout = isServer ? null : AdoptTimeout;
        reader.OnMessage = Messages.Handle;
        writer.StartMultiplexing();
        reader.StartMultiplexing();
    }

    /// <summary>What was agreed.</summary>
    public SessionTerms Terms { get; }

    /// <summary>True for the side that was started by the other one, whose user is at the other end.</summary>
    public bool IsServer { get; }

    /// <summary>
    /// Takes what this side has to say to its user: a kind (<see cref="MessageCode.Info"/>, <see cref="MessageCode.Warning"/>,
    /// <see cref="MessageCode.Error"/> or <see cref="MessageCode.ErrorXfer"/>) and a line in the form of <see cref="ArgumentText"/>. Null: a
    /// server sends it to the peer, a client drops it. May be called by each thread of the session.
    /// </summary>
    public Action<MessageCode, string>? OnSay { get; set; }

    /// <summary>This side said that something was not transferred.</summary>
    internal bool HasTransferError { get; private set; }

    /// <summary>What the peer says beside the data.</summary>
    public PeerMessages Messages { get; } = new();

    /// <summary>Takes a copy of what the sender says, as a batch file (<c>--write-batch</c>). A client sets it before it begins; null for none.</summary>
    public Stream? Batch { get; set; }

    /// <summary>What is read is a batch file: nobody answers.</summary>
    internal bool IsBatch { get; init; }

    /// <summary>When the session was opened, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long OpenedAt { get; } = Environment.TickCount64;

    /// <summary>How often a peer with a time-out of its own wants to hear something; null when it named none (docs/protocol.md 11.4).</summary>
    public TimeSpan? KeepAliveInterval { get; private set; }

    internal Connection Connection { get; }

    internal FrameReader Reader { get; }

    internal FrameWriter Writer { get; }

    /// <summary>Says something to the user, wherever that is: see <see cref="OnSay"/>. Any thread may, at any time.</summary>
    /// <param name="code"><see cref="MessageCode.ErrorXfer"/> also makes the exit code 23.</param>
    /// <param name="line">In the form of <see cref="ArgumentText"/>, without an end of line.</param>
    internal void Say(MessageCode code, string line)
    {
        HasTransferError |= code == MessageCode.ErrorXfer;
        if (OnSay is not null)
            OnSay(code, line);
        else if (IsServer)
            SayToPeer(code, line);
    }

    /// <summary>Sends a line to the client, with the next flush.</summary>
    internal void SayToPeer(MessageCode code, string line) => Writer.Post(code, ArgumentText.Encode(line + "\n"));

    /// <summary>
    /// For a session that was opened ahead: false when the peer has closed it or gave up meanwhile.
    /// </summary>
    /// <exception cref="RsyncException">The peer said why it ended the session.</exception>
    public bool IsStillGood()
    {
        if (!Connection.HasInput())
            return true;
        return !Reader.HasData();
    }

    /// <summary>
    /// For a waiting session: shows the peer that this side is alive when nothing was written for the given time (docs/protocol.md 11.4).
    /// </summary>
    public void KeepAlive(TimeSpan interval)
    {
        if (Connection.MillisecondsSinceWrite >= interval.TotalMilliseconds)
            Writer.KeepAlive();
    }

    /// <summary>To be called now and then in long work that neither reads nor writes: shows the peer in time that this side is alive (11.4).</summary>
    internal void KeepAliveInTime()
    {
        if (Connection.Timeout > TimeSpan.Zero)
            KeepAlive(Connection.Timeout / 3);
    }

    /// <summary>
    /// Turns what ended a role into the one reason to report. When the connection broke, the peer's own words, if they
    /// came, explain it better than the broken connection does.
    /// </summary>
    internal RsyncException Explain(RsyncException failure)
    {
        if (failure.FromPeer)
        {
            AnswerErrorExit();
            return failure;
        }
        if (failure.ExitCode is not (ExitCode.SocketIO or ExitCode.ProtocolStream))
            return failure;
        try
        {
            Connection.Timeout = TimeSpan.FromSeconds(2);
            Connection.Deadline = Environment.TickCount64 + LastWordsTime;
            Reader.Drain(MaxLastWords);
        }
        catch (RsyncException last) when (last.FromPeer)
        {
            return last;
        }
        catch (RsyncException)
        {
            // Nothing more is to be learnt; the first reason stands.
        }
        return (Messages.LastWords() ?? Connection.LastWords?.Invoke()) is { } words
            ? new RsyncException(failure.ExitCode, failure.Stage, words, failure) { FromPeer = true }
            : failure;
    }

    /// <summary>The session that a batch file tells of.</summary>
    /// <param name="connection">Reads the file; what is written goes nowhere.</param>
    /// <param name="options">The user's; in the end those in force.</param>
    /// <param name="changed">Told of each option that the batch decides otherwise.</param>
    /// <exception cref="RsyncException">It is no batch file that can be read.</exception>
    public static Session OfBatch(Connection connection, ref TransferOptions options, Action<string> changed)
    {
        var reader = new FrameReader(connection);
        var header = BatchHeader.Read(reader);
        options = header.Apply(options, changed);
        var wishes = NegotiationWishes.Of(options);
        var (transfer, list) = wishes.Checksum ?? (Checksums.ChecksumKind.Md5, Checksums.ChecksumKind.Md5);
        var terms = new SessionTerms
        {
            Protocol = header.Protocol,
            Flags = header.Flags,
            TransferChecksum = transfer,
            ListChecksum = list,
            Compression = options.Compression.IsOn ? wishes.Compression ?? "zlib" : null,
            Seed = header.Seed,
        };
        var session = new Session(connection, reader, new FrameWriter(connection, null), terms) { IsBatch = true };
        reader.StopMultiplexing();
        return session;
    }

    /// <summary>The batch begins here: behind the filter rules, before the first list.</summary>
    internal void BeginBatch(TransferOptions options, bool sending)
    {
        if (Batch is null)
            return;
        BatchHeader.Of(Terms, options).Write(Batch);
        if (sending)
            Writer.Recorder = Batch;
        else
            Reader.Recorder = Batch;
    }

    /// <summary>Keeps to the limits of speed and time.</summary>
    public void Limit(WireOptions options) => (Connection.BytesPerSecond, Connection.StopAt) = (options.BwLimit, options.StopAt);

    /// <summary>
    /// This side ends the session before its time: the peer learns with which exit code, and is heard until it has gone, so that nothing that
    /// was said to it gets lost (docs/protocol.md 11.2).
    /// </summary>
    public void GiveUp(ExitCode code)
    {
        if (code is ExitCode.SocketIO or ExitCode.ProtocolStream or ExitCode.Signal1 or ExitCode.Timeout)
            return;
        try
        {
            Connection.Timeout = TimeSpan.FromMilliseconds(LastWordsTime);
            Connection.Deadline = Environment.TickCount64 + LastWordsTime;
            Connection.CancelWith(CancellationToken.None).Dispose();
            Writer.LeaveReadingToOthers();
            if (Terms.Protocol >= 31)
                Writer.WriteMessage(MessageCode.ErrorExit, (int)code);
            Writer.Flush();
            Reader.Drain(MaxLastWords);
        }
        catch (IOException)
        {
            // It has gone.
        }
    }

    /// <summary>Tells the peer that nothing more will come, so that it ends.</summary>
    public void Finish() => Connection.CloseOutput();

    public void Dispose() => Connection.Dispose();

    /// <summary>A peer of protocol 31 on waits for an empty answer before it exits (docs/protocol.md 11.2).</summary>
    private void AnswerErrorExit()
    {
        try
        {
            if (Terms.Protocol < 31)
                return;
            Connection.Timeout = TimeSpan.FromSeconds(2);
            Connection.Deadline = Environment.TickCount64 + LastWordsTime;
            Writer.LeaveReadingToOthers();
            Writer.WriteMessage(MessageCode.ErrorExit, []);
            Writer.Flush();
        }
        catch (IOException)
        {
            // It did not wait.
        }
    }

    private void AdoptTimeout(int seconds)
    {
        var wanted = TimeSpan.FromSeconds(seconds);
        KeepAliveInterval = wanted / 3;
        if (Connection.Timeout <= TimeSpan.Zero || Connection.Timeout > wanted)
            Connection.Timeout = wanted;
    }
}
