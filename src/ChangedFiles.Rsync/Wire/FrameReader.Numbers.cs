using System.Buffers.Binary;

namespace ChangedFiles.Rsync.Wire;

// Integer and string encodings, docs/protocol.md 4.
internal sealed partial class FrameReader
{
    private int _lastPositiveIndex = -1;
    private int _lastNegativeIndex = 1;

    /// <summary>A <c>u16</c>.</summary>
    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[2];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>An <c>i32</c>.</summary>
    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>An <c>i32</c> that must lie in a range; <paramref name="what"/> names it in the error.</summary>
    public int ReadInt32(int least, int most, string what) => Check(ReadInt32(), least, most, what);

    /// <summary>A varint (4.2).</summary>
    public int ReadVarint()
    {
        var first = ReadByte();
        var extra = LeadingOnes(first);
        if (extra > 4)
            throw Bad("varint overflow");
        Span<byte> bytes = stackalloc byte[5];
        bytes.Clear();
        Read(bytes[..extra]);
        if (extra < 4)
            bytes[extra] = (byte)(first & (0x7F >> extra));
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    /// <summary>A varint that must lie in a range; <paramref name="what"/> names it in the error.</summary>
    public int ReadVarint(int least, int most, string what) => Check(ReadVarint(), least, most, what);

    /// <summary>A varlong of at least <paramref name="least"/> bytes (4.3): 3 for lengths, 4 for times.</summary>
    public long ReadVarlong(int least)
    {
        Span<byte> head = stackalloc byte[8];
        Read(head[..least]);
        var first = head[0];
        var extra = LeadingOnes(first);
        if (least + extra > 9)
            throw Bad("varlong overflow");
        Span<byte> bytes = stackalloc byte[9];
        bytes.Clear();
        head[1..least].CopyTo(bytes);
        Read(bytes.Slice(least - 1, extra));
        if (least + extra < 9)
            bytes[least - 1 + extra] = (byte)(first & (0x7F >> extra));
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>A vstring (4.5) of at most <paramref name="most"/> bytes.</summary>
    public byte[] ReadVstring(int most, string what)
    {
        int length = ReadByte();
        if ((length & 0x80) != 0)
            length = (length & 0x7F) << 8 | ReadByte();
        return ReadBytes(Check(length, 0, most, what));
    }

    /// <summary>A file index or one of the special values (4.6).</summary>
    public int ReadIndex()
    {
        var first = ReadByte();
        if (first == 0)
            return FileIndex.Done;
        var negative = first == 0xFF;
        if (negative)
            first = ReadByte();
        ref var last = ref negative ? ref _lastNegativeIndex : ref _lastPositiveIndex;
        last = first == 0xFE ? ReadLongIndex(last) : CheckIndex((long)last + first);
        return negative ? -last : last;
    }

    /// <summary>The next <paramref name="count"/> bytes, as an array of their own. The caller has bounded the count.</summary>
    public byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    internal int Check(int value, int least, int most, string what) =>
        value >= least && value <= most ? value : throw Bad($"{what} is {value}, allowed are {least} to {most}");

    private int ReadLongIndex(int last)
    {
        int high = ReadByte();
        int low = ReadByte();
        if ((high & 0x80) == 0)
            return CheckIndex((long)last + (high << 8 | low));
        return (high & 0x7F) << 24 | low | ReadByte() << 8 | ReadByte() << 16;
    }

    private int CheckIndex(long index) => index is >= 0 and <= int.MaxValue ? (int)index : throw Bad($"file index {index}");

    private static int LeadingOnes(byte value) => System.Numerics.BitOperations.LeadingZeroCount((uint)(byte)~value << 24 | 0x800000);
}
