namespace ChangedFiles.Rsync.Options;

/// <summary>Compression of file data on the wire (docs/protocol.md 2.4, 7.6).</summary>
public sealed record CompressionOptions
{
    /// <summary><c>-z</c>. A choice or a level alone is enough too, see <see cref="IsOn"/>.</summary>
    public bool Compress { get; init; }

    /// <summary><c>--compress-choice</c> as written: zstd, lz4, zlibx, zlib, none; null lets the two sides negotiate.</summary>
    public string? Choice { get; init; }

    /// <summary><c>--compress-level</c>, limited to what the algorithm knows when it is used; null is the algorithm's own default.</summary>
    public int? Level { get; init; }

    /// <summary>True when file data is compressed, or an algorithm is to be negotiated.</summary>
    internal bool IsOn => Choice is null ? Compress || Level is not null : !Is("none") && !(Level == 0 && (Is("zlib") || Is("zlibx")));

    /// <summary><c>--compress-threads</c>; 0 compresses in the session's own thread.</summary>
    public int Threads { get; init; }

    /// <summary><c>--skip-compress</c>: suffixes that are sent uncompressed where the algorithm can; null is the built-in list.</summary>
    public string? SkipCompress { get; init; }

    /// <summary>True when <paramref name="name"/> was chosen.</summary>
    internal bool Is(string name) => name.Equals(Choice, StringComparison.OrdinalIgnoreCase);
}
