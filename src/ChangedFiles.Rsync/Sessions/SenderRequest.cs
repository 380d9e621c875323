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
internal readonly record struct SenderRequest(int Index, ItemFlags Flags, byte Basis, byte[] Xname, SumHead Head, BlockSums? Sums)
{
    /// <summary>The basis is the destination file itself (7.2).</summary>
    public const byte OwnBasis = 0x80;

    /// <summary>The basis is the file in the partial-dir.</summary>
    public const byte PartialBasis = 0x81;

    private const int MaxXname = 4095;

    public bool WantsData => Flags.HasFlag(ItemFlags.Transfer);

    /// <summary>Reads what follows an index.</summary>
    /// <param name="digestLength">Bytes of the transfer checksum's digest.</param>
    /// <param name="withSums">False in a dry run and when appending blindly: no sum head, or no sums, follow.</param>
    public static SenderRequest Read(FrameReader reader, int index, int digestLength, bool withHead, bool withSums)
    {
        var flags = (ItemFlags)reader.ReadUInt16();
        var basis = flags.HasFlag(ItemFlags.BasisTypeFollows) ? reader.ReadByte() : OwnBasis;
        var xname = flags.HasFlag(ItemFlags.XnameFollows) ? reader.ReadVstring(MaxXname, "length of an extra name") : [];
        if (!flags.HasFlag(ItemFlags.Transfer) || !withHead)
            return new SenderRequest(index, flags, basis, xname, default, null);
        var head = ReadHead(reader, digestLength);
        return new SenderRequest(index, flags, basis, xname, head, withSums ? BlockSums.Read(head, reader.Read) : null);
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

    private static SumHead ReadHead(FrameReader reader, int digestLength)
    {
        Span<byte> bytes = stackalloc byte[SumHead.Length];
        reader.Read(bytes);
        try
        {
            return SumHead.Parse(bytes, digestLength);
        }
        catch (InvalidDataException wrong)
        {
            throw reader.Bad(wrong.Message);
        }
    }
}
