namespace ChangedFiles.Rsync.Options;

/// <summary>Compression of file data on the wire (docs/protocol.md 2.4, 7.6).</summary>
public sealed record CompressionOptions
{
    /// <summary><c>-z</c>, or implied by a level or a choice.</summary>
    public bool Compress { get; init; }

    /// <summary><c>--compress-choice</c>: zstd, lz4, zlibx, zlib; null lets the two sides negotiate.</summary>
    public string? Choice { get; init; }

    /// <summary><c>--compress-level</c>, limited to what the algorithm knows when it is used; null is the algorithm's own default.</summary>
    public int? Level { get; init; }

    /// <summary><c>--compress-threads</c>; 0 compresses in the session's own thread.</summary>
    public int Threads { get; init; }

    /// <summary><c>--skip-compress</c>: suffixes that are sent uncompressed where the algorithm can; null is the built-in list.</summary>
    public string? SkipCompress { get; init; }
}
