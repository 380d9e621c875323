using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>The rolling sum over bytes taken as signed values, all arithmetic modulo 2^16 (docs/protocol.md 7.4).</summary>
internal static class WeakSum
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
    // Compiled in full at once: the first file may be a long one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int S1, int S2) Vectors(ref ReadOnlySpan<sbyte> data)
    {
        const int Width = 32;
        var ones = Vector256<byte>.One;
        var weights = Vector256.Create(
            (byte)32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        var sum = Vector256<short>.Zero;
        var before = Vector256<short>.Zero;
        var weighted = Vector256<short>.Zero;
        for (; data.Length >= Width; data = data[Width..])
        {
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(data));
            before += sum;
            sum += Products(ones, bytes);
            weighted += Products(weights, bytes);
        }
        return (Vector256.Sum(sum), Width * Vector256.Sum(before) + Vector256.Sum(weighted));
    }

    // Lanes whose sum is the sum of all products. No pair of products overflows with weights up to 32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Products(Vector256<byte> weights, Vector256<sbyte> bytes)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(weights, bytes);
        var (low, high) = Vector256.Widen(bytes);
        var (lowWeights, highWeights) = Vector256.Widen(weights.AsSByte());
        return low * lowWeights + high * highWeights;
    }
}
