using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>
/// Puts the tokens of one file after another on the wire (docs/protocol.md 7.5, 7.6). For each file: <see cref="Begin"/>,
/// then literals and copies in order, then <see cref="Finish"/>. One for a whole session: some methods keep their state over files.
/// </summary>
internal abstract class TokenWriter : IDeltaSink, IDisposable
{
    private protected TokenWriter(FrameWriter writer) => Writer = writer;

    private protected FrameWriter Writer { get; }

    /// <summary>The writer of a session.</summary>
    /// <param name="kind">The negotiated method; see <see cref="Compression.Available"/>.</param>
    /// <param name="writer">Where the tokens go.</param>
    /// <param name="level">Passed through <see cref="Compression.Level"/> by the caller.</param>
    /// <param name="protocol">The session's protocol: before 31 the zlib method has a peculiarity.</param>
    public static TokenWriter Create(CompressionKind kind, FrameWriter writer, int level, int protocol) => kind switch
    {
        CompressionKind.None => new PlainTokenWriter(writer),
        CompressionKind.Lz4 => new Lz4TokenWriter(writer),
        CompressionKind.Zstd => new ZstdTokenWriter(writer, level),
        CompressionKind.Zlibx => new ZlibTokenWriter(writer, level, history: null),
        CompressionKind.Zlib => new ZlibTokenWriter(writer, level, new BlockHistory(protocol)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Starts a file.</summary>
    /// <param name="incompressible">Not worth the effort (<c>--skip-compress</c>): a hint that the zlib methods follow.</param>
    public abstract void Begin(bool incompressible = false);

    public abstract void Literal(ReadOnlySpan<byte> data);

    public abstract void Copy(int block, ReadOnlySpan<byte> data);

    /// <summary>Ends the file's tokens; its digest comes next.</summary>
    public abstract void Finish();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
