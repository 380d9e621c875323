using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>Names, lengths and choice of the strong checksums (docs/protocol.md 2.4, 7.4).</summary>
internal static class Checksum
{
    /// <summary>Bytes of the longest digest.</summary>
    public const int MaxDigestLength = 20;

    /// <summary>
    /// What this side offers in a negotiation, in the only order that all releases agree on. md4 is left out: stock
    /// builds disagree where its seed goes (docs/protocol.md 16.1). The xxHash kinds are there when libxxhash is.
    /// </summary>
    public static IReadOnlyList<ChecksumKind> Available { get; } = XxHash.IsAvailable
        ? [ChecksumKind.Xxh128, ChecksumKind.Xxh3, ChecksumKind.XxHash64, ChecksumKind.Md5, ChecksumKind.Sha1]
        : [ChecksumKind.Md5, ChecksumKind.Sha1];

    /// <summary>The name on the wire and in options.</summary>
    public static string WireName(this ChecksumKind kind) => kind switch
    {
        ChecksumKind.None => "none",
        ChecksumKind.Md4 => "md4",
        ChecksumKind.Md5 => "md5",
        ChecksumKind.Sha1 => "sha1",
        ChecksumKind.XxHash64 => "xxh64",
        ChecksumKind.Xxh3 => "xxh3",
        ChecksumKind.Xxh128 => "xxh128",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Bytes of a full digest: 1 for <see cref="ChecksumKind.None"/>, up to <see cref="MaxDigestLength"/>.</summary>
    public static int DigestLength(this ChecksumKind kind) => kind switch
    {
        ChecksumKind.None => 1,
        ChecksumKind.Md4 or ChecksumKind.Md5 or ChecksumKind.Xxh128 => 16,
        ChecksumKind.Sha1 => 20,
        ChecksumKind.XxHash64 or ChecksumKind.Xxh3 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>
    /// Understands a name from an option or a negotiation list, "xxhash" included. False for unknown names and for
    /// what this machine has no library for.
    /// </summary>
    public static bool TryParse(string name, out ChecksumKind kind)
    {
        if (name == "xxhash")
            name = "xxh64";
        for (var known = ChecksumKind.None; known <= ChecksumKind.Xxh128; known++)
        {
            if (known.WireName() == name)
            {
                kind = known;
                return known < ChecksumKind.XxHash64 || XxHash.IsAvailable;
            }
        }
        kind = ChecksumKind.None;
        return false;
    }
}
