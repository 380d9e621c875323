using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>The rolling sum over bytes taken as signed values, all arithmetic modulo 2^16 (docs/protocol.md 7.4).</summary>
public static class WeakSum
{
    /// <summary>The weak sum of a whole block: s1 in the low half, s2 in the high half.</summary>
    public static uint Of(ReadOnlySpan<byte> block)
    {
        var data = MemoryMarshal.Cast<byte, sbyte>(block);
        var (s1, s2) = data.Length >= Vector256<sbyte>.Count ? Vectors(ref data) : (0, 0);
        foreach (var x in data)
        {
            s1 += x;
            s2 += s1;
        }
        return (ushort)s1 | (uint)s2 << 16;
    }

    // 16-bit lanes may wrap: the sums are wanted modulo 2^16. With v vectors of 32 bytes,
    // s2 = 32 * (sum of the s1 before each vector) + the weighted sum inside each vector.
    private static (int S1, int S2) Vectors(ref ReadOnlySpan<sbyte> data)
    {
        const int Width = 32;
        var weightsLow = Vector256.Create(32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17);
        var weightsHigh = Vector256.Create(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        var sum = Vector256<short>.Zero;
        var before = Vector256<short>.Zero;
        var weighted = Vector256<short>.Zero;
        for (; data.Length >= Width; data = data[Width..])
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(data)));
            before += sum;
            sum += low + high;
            weighted += low * weightsLow + high * weightsHigh;
        }
        return (Vector256.Sum(sum), Width * Vector256.Sum(before) + Vector256.Sum(weighted));
    }
}
