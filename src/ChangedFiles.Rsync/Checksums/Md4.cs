using System.Buffers.Binary;
using System.Numerics;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>MD4 as in RFC 1320, for old peers and librsync's old signatures. Nothing secret rests on it.</summary>
internal sealed class Md4 : StrongHash
{
    private const int BlockLength = 64;
    private const int LengthAt = 56;

    private readonly byte[] _partial = new byte[BlockLength];
    private uint _a, _b, _c, _d;
    private ulong _length;

    public Md4() => Reset();

    public override int DigestLength => 16;

    private void Reset()
    {
        (_a, _b, _c, _d) = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
        _length = 0;
    }

    public override void Append(ReadOnlySpan<byte> data)
    {
        var filled = (int)(_length % BlockLength);
        _length += (ulong)data.Length;
        if (filled > 0)
        {
            var part = Math.Min(BlockLength - filled, data.Length);
            data[..part].CopyTo(_partial.AsSpan(filled));
            data = data[part..];
            if (filled + part < BlockLength)
                return;
            Mix(_partial);
        }
        for (; data.Length >= BlockLength; data = data[BlockLength..])
            Mix(data);
        data.CopyTo(_partial);
    }

    public override void Finish(Span<byte> digest)
    {
        var bits = _length * 8;
        Span<byte> padding = stackalloc byte[BlockLength + sizeof(ulong)];
        padding.Clear();
        padding[0] = 0x80;
        var length = (int)((BlockLength + LengthAt - 1 - (_length % BlockLength)) % BlockLength) + 1;
        BinaryPrimitives.WriteUInt64LittleEndian(padding[length..], bits);
        Append(padding[..(length + sizeof(ulong))]);
        BinaryPrimitives.WriteUInt32LittleEndian(digest, _a);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[4..], _b);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[8..], _c);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[12..], _d);
        Reset();
    }

    private void Mix(ReadOnlySpan<byte> block)
    {
        Span<uint> x = stackalloc uint[16];
        for (var i = 0; i < x.Length; i++)
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        var (a, b, c, d) = (_a, _b, _c, _d);
        for (var i = 0; i < 16; i++)
        {
            var next = BitOperations.RotateLeft(a + ((b & c) | (~b & d)) + x[i], Pick(i, 3, 7, 11, 19));
            (a, d, c, b) = (d, c, b, next);
        }
        for (var i = 0; i < 16; i++)
        {
            var word = x[((i & 3) << 2) | (i >> 2)];
            var next = BitOperations.RotateLeft(a + ((b & c) | (b & d) | (c & d)) + word + 0x5a827999, Pick(i, 3, 5, 9, 13));
            (a, d, c, b) = (d, c, b, next);
        }
        for (var i = 0; i < 16; i++)
        {
            // The third round takes the words in the order of their index's four bits reversed.
            var word = x[((i & 1) << 3) | ((i & 2) << 1) | ((i & 4) >> 1) | (i >> 3)];
            var next = BitOperations.RotateLeft(a + (b ^ c ^ d) + word + 0x6ed9eba1, Pick(i, 3, 9, 11, 15));
            (a, d, c, b) = (d, c, b, next);
        }
        (_a, _b, _c, _d) = (_a + a, _b + b, _c + c, _d + d);
    }

    private static int Pick(int step, int first, int second, int third, int fourth) =>
        (step & 3) switch { 0 => first, 1 => second, 2 => third, _ => fourth };
}
