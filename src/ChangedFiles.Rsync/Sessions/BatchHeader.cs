using System.Buffers.Binary;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// What a batch file begins with: bits of the options that shape the stream, protocol, compat flags and seed. What the sender wrote follows,
/// without frames and messages, from the first list on, with a client's statistics before the goodbye.
/// </summary>
/// <param name="Options">One bit for each of <see cref="Bits"/>.</param>
internal readonly record struct BatchHeader(int Options, int Protocol, CompatFlags Flags, int Seed)
{
    private const int NewestBit = 15;

    /// <summary>The header of a session.</summary>
    public static BatchHeader Of(SessionTerms terms, TransferOptions options) => new(Bits(options), terms.Protocol, terms.Flags, terms.Seed);

    /// <summary>Reads one. It says neither checksums nor compression: those of an old peer count, unless the options name others.</summary>
    /// <exception cref="RsyncException">It is no batch file, or of a protocol that is not spoken.</exception>
    public static BatchHeader Read(FrameReader reader)
    {
        var options = reader.ReadInt32();
        var protocol = reader.ReadInt32();
        if (protocol > SessionTerms.MaxProtocol)
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Setup,
                $"The protocol version in the batch file is too new ({protocol} > {SessionTerms.MaxProtocol}).");
        if (options is < 0 or >= 1 << NewestBit || protocol < 20)
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Setup, "this is no batch file");
        Negotiation.CheckProtocol(protocol);
        return new BatchHeader(options, protocol, (CompatFlags)reader.ReadVarint(), reader.ReadInt32());
    }

    public void Write(Stream stream)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, Options);
        stream.Write(number);
        BinaryPrimitives.WriteInt32LittleEndian(number, Protocol);
        stream.Write(number);
        Span<byte> varint = stackalloc byte[FrameWriter.MaxVarlong];
        stream.Write(varint[..FrameWriter.FormatVarlong((int)Flags, 1, varint)]);
        BinaryPrimitives.WriteInt32LittleEndian(number, Seed);
        stream.Write(number);
    }

    /// <summary>The options with those of the batch in place of the user's; <paramref name="changed"/> is told of each that differs.</summary>
    public TransferOptions Apply(TransferOptions options, Action<string> changed)
    {
        var bits = Options;
        var wanted = options with
        {
            Selection = options.Selection with { Recurse = Has(0), Dirs = Has(7) ? options.Selection.Dirs ?? true : null },
            Preserve = options.Preserve with
            {
                Owner = Has(1),
                Group = Has(2),
                Links = Has(3),
                Devices = Has(4),
                HardLinks = Has(5) ? Math.Max(1, options.Preserve.HardLinks) : 0,
                Acls = Has(10),
                Xattrs = Has(11) ? Math.Max(1, options.Preserve.Xattrs) : 0,
            },
            Comparison = options.Comparison with { Checksum = Has(6) },
            Compression = Has(8) == options.Compression.IsOn ? options.Compression : new CompressionOptions { Compress = Has(8) },
            Writing = options.Writing with
            {
                Inplace = Has(12),
                Append = Has(13) ? AppendMode.Append : Has(14) ? AppendMode.Verify : AppendMode.None,
            },
        };
        for (var bit = 0; bit < Names.Length; bit++)
        {
            if (((Bits(options) ^ bits) >> bit & 1) != 0)
                changed($"{(Has(bit) ? "Sett" : "Clear")}ing the {Names[bit]} option to match the batchfile.");
        }
        return wanted;

        bool Has(int bit) => (bits >> bit & 1) != 0;
    }

    private static ReadOnlySpan<string> Names => (string[])
    [
        "--recurse (-r)", "--owner (-o)", "--group (-g)", "--links (-l)", "--devices (-D)", "--hard-links (-H)", "--checksum (-c)", "--dirs (-d)",
        "--compress (-z)", "--iconv", "--acls (-A)", "--xattrs (-X)", "--inplace", "--append", "--append-verify",
    ];

    private static int Bits(TransferOptions options)
    {
        ReadOnlySpan<bool> set =
        [
            options.Selection.Recurse, options.Preserve.Owner, options.Preserve.Group, options.Preserve.Links, options.Preserve.Devices,
            options.Preserve.HardLinks > 0, options.Comparison.Checksum, options.TransfersDirs, options.Compression.IsOn, false,
            options.Preserve.Acls, options.Preserve.Xattrs > 0, options.Writing.Inplace, options.Writing.Append == AppendMode.Append,
            options.Writing.Append == AppendMode.Verify,
        ];
        var bits = 0;
        for (var bit = 0; bit < set.Length; bit++)
            bits |= set[bit] ? 1 << bit : 0;
        return bits;
    }
}
