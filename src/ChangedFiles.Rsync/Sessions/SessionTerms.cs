using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>What the two sides agreed on before the first frame (docs/protocol.md 2). Final for the session.</summary>
internal sealed record SessionTerms
{
    /// <summary>Lowest protocol that is spoken: rsync 3.0's.</summary>
    public const int MinProtocol = 30;

    /// <summary>Highest protocol that is spoken: that of rsync 3.4 and 3.5.</summary>
    public const int MaxProtocol = 32;

    /// <summary>The protocol number, 30 to 32.</summary>
    public required int Protocol { get; init; }

    /// <summary>The server's decisions.</summary>
    public required CompatFlags Flags { get; init; }

    /// <summary>For block sums and the digest of each file.</summary>
    public required ChecksumKind TransferChecksum { get; init; }

    /// <summary>For the sums in the file list (<c>-c</c>).</summary>
    public required ChecksumKind ListChecksum { get; init; }

    /// <summary>Name of the token compression (7.6); null sends tokens plainly.</summary>
    public string? Compression { get; init; }

    /// <summary>Goes into every block sum; 0 is no seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Both sides are in this process and know the same.</summary>
    internal bool IsLocal { get; init; }

    /// <summary>True when <paramref name="flag"/> is in force.</summary>
    public bool Has(CompatFlags flag) => (Flags & flag) != 0;
}
