using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Roles;

/// <summary>The server's end of a connection until its session is open (docs/protocol.md 1.2, 2). The connection is the session's then.</summary>
internal sealed class ServerSetup
{
    /// <summary>Most words of a secluded list, and most bytes of one.</summary>
    public const int MaxWords = 100_000, MaxWordLength = 64 << 10;

    private readonly Connection _connection;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;

    /// <param name="connection">The way to the client: standard input and output, or any two streams.</param>
    public ServerSetup(Connection connection)
    {
        _connection = connection;
        _reader = new FrameReader(connection);
        _writer = new FrameWriter(connection, _reader);
    }

    /// <summary>Reads the words that a client with secluded args sends ahead. They belong behind those of the command line.</summary>
    public List<string> ReadSecludedWords()
    {
        var words = new List<string>();
        while (ReadWord() is { Length: > 0 } word)
        {
            if (words.Count == MaxWords)
                throw _reader.Bad($"more than {MaxWords} arguments");
            words.Add(ArgumentText.Decode(word));
        }
        // The first one stands for the program's name.
        return words.Count > 0 ? words[1..] : words;
    }

    /// <summary>Exchanges versions and negotiates.</summary>
    public Session Open(ServerRequest request)
    {
        _connection.Timeout = TimeSpan.FromSeconds(request.Options.Wire.Timeout);
        _connection.BytesPerSecond = request.Options.Wire.BwLimit;
        var protocol = Negotiation.ExchangeVersions(_reader, _writer, Math.Min(request.Options.Wire.Protocol, SessionTerms.MaxProtocol));
        var wishes = NegotiationWishes.Of(request.Options);
        var terms = Negotiation.AsServer(_reader, _writer, protocol, Negotiation.FlagsFor(request), wishes);
        return new Session(_connection, _reader, _writer, terms, isServer: true);
    }

    private byte[] ReadWord()
    {
        var word = new List<byte>();
        for (byte next; (next = _reader.ReadByte()) != 0;)
        {
            if (word.Count == MaxWordLength)
                throw _reader.Bad($"an argument of more than {MaxWordLength} bytes");
            word.Add(next);
        }
        return [.. word];
    }
}
