using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Tokens;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>What a side brings to the negotiation (docs/protocol.md 2.3, 2.4).</summary>
internal sealed record NegotiationWishes
{
    /// <summary>An explicit choice for transfer and list sums; null negotiates.</summary>
    public (ChecksumKind Transfer, ChecksumKind List)? Checksum { get; init; }

    /// <summary>The checksums to negotiate with, in the canonical order.</summary>
    public IReadOnlyList<string> Checksums { get; init; } = AllChecksums;

    /// <summary>An explicit choice of compression, or null.</summary>
    public string? Compression { get; init; }

    /// <summary>Compression is wanted and its algorithm open: the names to offer, in the canonical order. Empty: none wanted.</summary>
    public IReadOnlyList<string> Compressions { get; init; } = [];

    /// <summary>A server's seed of block sums; 0 takes a random one.</summary>
    public int Seed { get; init; }

    internal bool OffersCompression => Compressions.Count > 0;

    private static string[] AllChecksums { get; } = NamesOfChecksums();

    /// <summary>What a transfer's options ask for. Client and server come to the same from the same options.</summary>
    /// <exception cref="RsyncException">A choice that this machine has no library for, or nothing is left of a list (<see cref="ExitCode.Unsupported"/>).</exception>
    public static NegotiationWishes Of(TransferOptions options)
    {
        var compression = options.Compression;
        var negotiated = compression is { IsOn: true, Choice: null };
        return new NegotiationWishes
        {
            Checksum = options.Comparison.ChecksumChoice is { } choice ? ParseChecksums(choice.ToLowerInvariant()) : null,
            Checksums = Listed(options.Wire.ChecksumList, AllChecksums, "checksum"),
            Compression = compression is { IsOn: true, Choice: { } name } ? ParseCompression(name.ToLowerInvariant()) : null,
            Compressions = negotiated
                ? Listed(options.Wire.CompressList, [.. Tokens.Compression.Available.Select(kind => kind.WireName())], "compress")
                : [],
            Seed = options.Comparison.ChecksumSeed,
        };
    }

    // No query: it would have to be compiled at run time.
    private static string[] NamesOfChecksums()
    {
        var kinds = Rsync.Checksums.Checksum.Available;
        var names = new string[kinds.Count];
        for (var i = 0; i < names.Length; i++)
            names[i] = kinds[i].WireName();
        return names;
    }

    private static (ChecksumKind, ChecksumKind) ParseChecksums(string choice)
    {
        var names = choice.Split(',', 2);
        return (ParseChecksum(names[0]), ParseChecksum(names[^1]));
    }

    private static ChecksumKind ParseChecksum(string name) => name == "auto" ? ChecksumKind.Md5
        : Rsync.Checksums.Checksum.TryParse(name, out var kind) ? kind
        : throw NotHere("checksum", name);

    private static string ParseCompression(string name) =>
        Tokens.Compression.TryParse(name, out _) ? name : throw NotHere("compression", name);

    /// <summary>A user's list keeps the canonical order, or client and server would choose differently. "A &amp; B" is for client and server.</summary>
    private static IReadOnlyList<string> Listed(string? list, IReadOnlyList<string> all, string what)
    {
        var wanted = list?.Split('&')[0].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (wanted.Length == 0)
            return all;
        IReadOnlyList<string> left = [.. all.Where(name => wanted.Contains(name, StringComparer.OrdinalIgnoreCase))];
        return left.Count > 0 ? left : throw new RsyncException(ExitCode.Unsupported, SessionStage.Setup,
            $"Failed to negotiate a {what} choice: no known name in \"{list}\"");
    }

    private static RsyncException NotHere(string what, string name) =>
        new(ExitCode.Unsupported, SessionStage.Setup, $"{what} {name} needs a library that is not on this machine");
}
