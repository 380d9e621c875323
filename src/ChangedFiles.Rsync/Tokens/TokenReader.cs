using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>
/// Reads the tokens of one file after another (docs/protocol.md 7.5, 7.6): <see cref="Read"/> until it gives the end, for each file.
/// One for a whole session: some methods keep their state over files.
/// </summary>
internal abstract class TokenReader : IDisposable
{
    /// <summary>Most bytes that one literal token holds.</summary>
    private protected const int MaxLiteral = 32 * 1024;

    /// <summary>Highest block number, so that counting on never overflows (CVE-2026-43618).</summary>
    private protected const int MaxBlock = int.MaxValue - 1;

    private protected TokenReader(FrameReader reader) => Reader = reader;

    private protected FrameReader Reader { get; }

    /// <summary>The reader of a session.</summary>
    /// <param name="kind">The negotiated method; see <see cref="Compression.Available"/>.</param>
    /// <param name="reader">Where the tokens come from.</param>
    /// <param name="protocol">The session's protocol: before 31 the zlib method has a peculiarity.</param>
    public static TokenReader Create(CompressionKind kind, FrameReader reader, int protocol) => kind switch
    {
        CompressionKind.None => new PlainTokenReader(reader),
        CompressionKind.Lz4 => new Lz4TokenReader(reader),
        CompressionKind.Zstd => new ZstdTokenReader(reader),
        CompressionKind.Zlibx => new ZlibTokenReader(reader, history: null),
        CompressionKind.Zlib => new ZlibTokenReader(reader, new BlockHistory(protocol)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The next token of the file.</summary>
    /// <exception cref="RsyncException">The peer broke the protocol, or the connection failed.</exception>
    public abstract Token Read();

    /// <summary>To be called after each copy with the bytes of the block: the zlib method needs them.</summary>
    public virtual void Copied(ReadOnlySpan<byte> data)
    {
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
