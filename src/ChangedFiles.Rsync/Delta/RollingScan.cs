using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChangedFiles.Rsync.Delta;

/// <summary>The innermost loop of a search: moves a window byte by byte until its weak sum may be in the index.</summary>
internal static class RollingScan
{
    /// <summary>
    /// Moves the window that starts at the beginning of <paramref name="data"/> by at least one byte, at most to the end of the data.
    /// Returns by how many; <paramref name="hit"/> tells whether the window there passes the index's filter.
    /// </summary>
    /// <param name="data">More than <paramref name="window"/> bytes.</param>
    /// <param name="window">Bytes of a block.</param>
    /// <param name="index">What is looked for.</param>
    /// <param name="weak">The weak sum of the window, before and after.</param>
    /// <param name="hit">False when the data ended first.</param>
    public static int Move(ReadOnlySpan<byte> data, int window, BlockIndex index, ref uint weak, out bool hit)
    {
        ref var leaving = ref Unsafe.As<byte, sbyte>(ref MemoryMarshal.GetReference(data));
        ref var entering = ref Unsafe.Add(ref leaving, window);
        ref var filter = ref MemoryMarshal.GetReference(index.Filter);
        var shift = index.FilterShift;
        var steps = data.Length - window;
        var s1 = (int)weak;
        var s2 = (int)(weak >> 16);
        for (var i = 0; i < steps; i++)
        {
            int old = Unsafe.Add(ref leaving, i);
            s1 += Unsafe.Add(ref entering, i) - old;
            s2 += s1 - window * old;
            var sum = (ushort)s1 | (uint)s2 << 16;
            var bit = BlockIndex.Hash(sum) >> shift;
            if ((Unsafe.Add(ref filter, bit >> 6) >> (int)bit & 1) != 0)
            {
                weak = sum;
                hit = true;
                return i + 1;
            }
        }
        weak = (ushort)s1 | (uint)s2 << 16;
        hit = false;
        return steps;
    }
}
