using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>How the tokens of a file travel (docs/protocol.md 7.5, 7.6).</summary>
internal enum CompressionKind
{
    /// <summary>Plain tokens.</summary>
    None,
    /// <summary>Deflate whose history also takes the matched blocks: the method of old peers.</summary>
    Zlib,
    /// <summary>Deflate over literals only.</summary>
    Zlibx,
    Lz4,
    Zstd,
}

/// <summary>Names, choice and levels of the token compressions (docs/protocol.md 2.4).</summary>
internal static class Compression
{
    /// <summary>What this side offers: what there are libraries for, in the only order that all releases agree on.</summary>
    public static IReadOnlyList<CompressionKind> Available { get; } =
        [.. new[] { CompressionKind.Zstd, CompressionKind.Lz4, CompressionKind.Zlibx, CompressionKind.Zlib }.Where(IsAvailable)];

    /// <summary>The name on the wire and in options.</summary>
    public static string WireName(this CompressionKind kind) => kind switch
    {
        CompressionKind.None => "none",
        CompressionKind.Zlib => "zlib",
        CompressionKind.Zlibx => "zlibx",
        CompressionKind.Lz4 => "lz4",
        CompressionKind.Zstd => "zstd",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>
    /// Understands a name from an option or a negotiation list. False for unknown names and for what there is no library for.
    /// </summary>
    public static bool TryParse(string name, out CompressionKind kind)
    {
        for (var known = CompressionKind.None; known <= CompressionKind.Zstd; known++)
        {
            if (known.WireName() == name)
            {
                kind = known;
                return IsAvailable(known);
            }
        }
        kind = CompressionKind.None;
        return false;
    }

    /// <summary>
    /// The level to use: <paramref name="wished"/> within the method's limits, or its default for null. 0 where there are no levels.
    /// </summary>
    public static int Level(this CompressionKind kind, int? wished) => kind switch
    {
        CompressionKind.Zlib or CompressionKind.Zlibx => wished is null or -1 ? 6 : Math.Clamp(wished.Value, 0, 9),
        CompressionKind.Zstd => wished is null or 0 ? 3 : Math.Clamp(wished.Value, Zstd.MinLevel, Zstd.MaxLevel),
        _ => 0,
    };

    private static bool IsAvailable(CompressionKind kind) => kind switch
    {
        CompressionKind.Zlib or CompressionKind.Zlibx => Zlib.IsAvailable,
        CompressionKind.Lz4 => Lz4.IsAvailable,
        CompressionKind.Zstd => Zstd.IsAvailable,
        _ => true,
    };
}
