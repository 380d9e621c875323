using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChangedFiles.Rsync.Delta;

/// <summary>The innermost loop of a search: moves a window byte by byte until its weak sum is that of a block.</summary>
internal static class RollingScan
{
    /// <summary>
    /// Moves the window that starts at the beginning of <paramref name="data"/> by at least one byte, at most to the end of the data.
    /// Returns by how many; <paramref name="hit"/> tells whether a block has the weak sum of the window there.
    /// </summary>
    /// <param name="data">More than <paramref name="window"/> bytes.</param>
    /// <param name="window">Bytes of a block.</param>
    /// <param name="index">What is looked for.</param>
    /// <param name="weak">The weak sum of the window, before and after.</param>
    /// <param name="hit">False when the data ended first.</param>
    // Compiled in full at once: a single call may be all there is of a long search.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Move(ReadOnlySpan<byte> data, int window, BlockIndex index, ref uint weak, out bool hit)
    {
        ref var leaving = ref Unsafe.As<byte, sbyte>(ref MemoryMarshal.GetReference(data));
        ref var entering = ref Unsafe.Add(ref leaving, window);
        ref var filter = ref MemoryMarshal.GetReference(index.Filter);
        var shift = index.FilterShift;
        var steps = data.Length - window;
        // Both halves are kept in the upper 16 bits, where they wrap as they should.
        var s1 = weak << 16;
        var s2 = weak & 0xFFFF0000;
        var upperWindow = (uint)window << 16;
        for (nint i = 0; i < steps; i++)
        {
            var old = (uint)Unsafe.Add(ref leaving, i);
            s1 += ((uint)Unsafe.Add(ref entering, i) - old) << 16;
            s2 += s1 - upperWindow * old;
            var hash = BlockIndex.Hash(s2 | s1 >> 16);
            if (BlockIndex.Passes(Unsafe.Add(ref filter, hash >> shift), hash) && index.Holds(s2 | s1 >> 16))
            {
                weak = s2 | s1 >> 16;
                hit = true;
                return (int)i + 1;
            }
        }
        weak = s2 | s1 >> 16;
        hit = false;
        return steps;
    }
}
