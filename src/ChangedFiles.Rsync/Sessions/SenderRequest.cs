using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// What the generator says of one item: a report, or a request for data (docs/protocol.md 7.2).
/// <code>
/// ndx · u16 iflags · [byte basis] · [vstring xname] · [sum head · sums]
/// </code>
/// </summary>
internal readonly record struct SenderRequest(int Index, ItemFlags Flags, byte Basis, byte[] Xname)
{
    /// <summary>The basis is the destination file itself (7.2).</summary>
    public const byte OwnBasis = 0x80;

    /// <summary>The basis is the file in the partial-dir.</summary>
    public const byte PartialBasis = 0x81;

    private const int MaxXname = 4095;

    public bool WantsData => Flags.HasFlag(ItemFlags.Transfer);

    /// <summary>Attributes of which the values are wanted, as places in the entry's list; null where none are exchanged (9.3).</summary>
    public List<int>? Xattrs { get; init; }

    /// <summary>The shape of the sums; all zero when there is no basis.</summary>
    public SumHead Head { get; init; }

    /// <summary>Sums of the basis; null when there are none.</summary>
    public BlockSums? Sums { get; init; }

    /// <summary>Reads what follows an index, up to the extra name.</summary>
    public static SenderRequest Read(FrameReader reader, int index)
    {
        var flags = (ItemFlags)reader.ReadUInt16();
        var basis = flags.HasFlag(ItemFlags.BasisTypeFollows) ? reader.ReadByte() : OwnBasis;
        var xname = flags.HasFlag(ItemFlags.XnameFollows) ? reader.ReadVstring(MaxXname, "length of an extra name") : [];
        return new SenderRequest(index, flags, basis, xname);
    }

    /// <summary>Reads the sums of a request for data.</summary>
    /// <param name="digestLength">Bytes of the transfer checksum's digest.</param>
    /// <param name="withSums">False when appending blindly: only the head comes.</param>
    public SenderRequest ReadSums(FrameReader reader, int digestLength, bool withSums)
    {
        var head = ReadHead(reader, digestLength, "sender");
        return this with { Head = head, Sums = withSums ? BlockSums.Read(head, reader.Read) : null };
    }

    /// <summary>Writes it back in front of the answer (7.5).</summary>
    public void Echo(FrameWriter writer)
    {
        writer.WriteIndex(Index);
        writer.WriteUInt16((ushort)Flags);
        if (Flags.HasFlag(ItemFlags.BasisTypeFollows))
            writer.WriteByte(Basis);
        if (Flags.HasFlag(ItemFlags.XnameFollows))
            writer.WriteVstring(Xname);
    }

    public void EchoHead(FrameWriter writer)
    {
        Head.Write(writer.Room(SumHead.Length));
        writer.Advance(SumHead.Length);
    }

    /// <summary>The shape of a peer's block sums.</summary>
    /// <param name="who">Which half reads it, for the message.</param>
    public static SumHead ReadHead(FrameReader reader, int digestLength, string who)
    {
        Span<byte> bytes = stackalloc byte[SumHead.Length];
        reader.Read(bytes);
        try
        {
            return SumHead.Parse(bytes, digestLength);
        }
        catch (InvalidDataException wrong)
        {
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Transfer, $"{wrong.Message} [{who}]", wrong);
        }
    }
}
