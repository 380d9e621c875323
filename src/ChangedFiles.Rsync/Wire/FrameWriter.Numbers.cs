using System.Buffers.Binary;

namespace ChangedFiles.Rsync.Wire;

// Integer and string encodings, docs/protocol.md 4.
internal sealed partial class FrameWriter
{
    /// <summary>Most bytes of a varlong.</summary>
    internal const int MaxVarlong = 9;

    private int _lastPositiveIndex = -1;
    private int _lastNegativeIndex = 1;

    /// <summary>A <c>u16</c>.</summary>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(2), value);
        Advance(2);
    }

    /// <summary>An <c>i32</c>.</summary>
    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        Advance(4);
    }

    /// <summary>A varint (4.2): 1 to 5 bytes.</summary>
    public void WriteVarint(int value)
    {
        Span<byte> bytes = stackalloc byte[MaxVarlong];
        Write(bytes[..FormatVarlong((uint)value, least: 1, bytes)]);
    }

    /// <summary>A varlong of at least <paramref name="least"/> bytes (4.3): 3 for lengths, 4 for times.</summary>
    public void WriteVarlong(long value, int least)
    {
        Span<byte> bytes = stackalloc byte[MaxVarlong];
        Write(bytes[..FormatVarlong(value, least, bytes)]);
    }

    /// <summary>The encoding of a varlong, or of a varint (at least one byte, the number without its sign).</summary>
    /// <returns>Its length.</returns>
    internal static int FormatVarlong(long value, int least, Span<byte> output)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var count = 8;
        while (count > least && bytes[count - 1] == 0)
            count--;
        return FormatMarked(bytes[..count], least, output);
    }

    /// <summary>A vstring (4.5) of at most 32767 bytes.</summary>
    public void WriteVstring(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, 0x7FFF);
        if (value.Length > 0x7F)
            WriteByte((byte)(value.Length >> 8 | 0x80));
        WriteByte((byte)value.Length);
        Write(value);
    }

    /// <summary>A file index or one of the special values (4.6).</summary>
    public void WriteIndex(int index)
    {
        if (index == FileIndex.Done)
        {
            WriteByte(0);
            return;
        }
        if (index < 0)
        {
            WriteByte(0xFF);
            WriteIndexStep(-index, ref _lastNegativeIndex);
        }
        else
        {
            WriteIndexStep(index, ref _lastPositiveIndex);
        }
    }

    private void WriteIndexStep(int index, ref int last)
    {
        var step = (long)index - last;
        last = index;
        if (step is >= 1 and <= 253)
            WriteByte((byte)step);
        else if (step is >= 0 and <= 32767)
            Write([0xFE, (byte)(step >> 8), (byte)step]);
        else
            Write([0xFE, (byte)(index >> 24 | 0x80), (byte)index, (byte)(index >> 8), (byte)(index >> 16)]);
    }

    /// <summary>
    /// The significant bytes, lowest first, with the number of bytes beyond <paramref name="leastBytes"/> marked by leading one bits of the
    /// first byte, which also carries the highest byte if that fits beside the mark.
    /// </summary>
    private static int FormatMarked(ReadOnlySpan<byte> significant, int leastBytes, Span<byte> output)
    {
        var top = significant[^1];
        var extra = significant.Length - leastBytes;
        var fits = top < 1 << (7 - extra);
        if (fits)
        {
            output[0] = (byte)(top | Mark(extra));
            significant[..^1].CopyTo(output[1..]);
            return significant.Length;
        }
        output[0] = Mark(extra + 1);
        significant.CopyTo(output[1..]);
        return significant.Length + 1;
    }

    private static byte Mark(int extra) => (byte)(0xFF00 >> extra);
}
