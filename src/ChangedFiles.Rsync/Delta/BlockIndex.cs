using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// Finds the blocks that have a given weak sum: a bit filter that fits the caches and turns away nearly every
/// offset, then chains of block numbers. Holds the blocks of full length only.
/// </summary>
internal sealed class BlockIndex : IDisposable
{
    /// <summary>
    /// Links of a chain that are looked at, so that a peer cannot make a search quadratic by equal weak sums (docs/protocol.md 11.6).
    /// </summary>
    public const int MaxCandidates = 1000;

    // Half a word a block keeps false alarms below 1 in 200; 2^10 words are 8 KiB, 2^21 are 16 MiB.
    private const int BlocksPerWord = 2;
    private const int MinFilterLog = 10;
    private const int MaxFilterLog = 21;
    private const int MaxBucketLog = 26;

    private readonly BlockSums _sums;
    private readonly int[] _heads;
    private readonly int[] _next;
    private readonly ulong[] _filter;
    private readonly int _bucketShift;

    /// <param name="sums">The sums of the basis.</param>
    /// <param name="highestFirst">
    /// The order in which equal blocks are given. The lowest first makes runs of ascending blocks; the highest first finds
    /// the block that an in-place update has not overwritten yet.
    /// </param>
    public BlockIndex(BlockSums sums, bool highestFirst)
    {
        _sums = sums;
        Count = sums.Head.Count - (sums.Head.Remainder == 0 ? 0 : 1);
        var log = Log2Ceiling(Math.Max(1, Count));
        var bucketLog = Math.Clamp(log, 1, MaxBucketLog);
        var filterLog = Math.Clamp(log - BitOperations.Log2(BlocksPerWord), MinFilterLog, MaxFilterLog);
        _bucketShift = 32 - bucketLog;
        FilterShift = 32 - filterLog;
        _heads = ArrayPool<int>.Shared.Rent(1 << bucketLog);
        _heads.AsSpan(0, 1 << bucketLog).Fill(-1);
        _next = ArrayPool<int>.Shared.Rent(Math.Max(1, Count));
        _filter = ArrayPool<ulong>.Shared.Rent(1 << filterLog);
        _filter.AsSpan(0, 1 << filterLog).Clear();
        for (var i = 0; i < Count; i++)
            Insert(highestFirst ? i : Count - 1 - i);
    }

    /// <summary>Number of blocks in the index.</summary>
    public int Count { get; }

    /// <summary>
    /// Word number <c>Hash(weak) >> FilterShift</c> passes <see cref="Passes"/> for every weak sum in the index.
    /// </summary>
    public ReadOnlySpan<ulong> Filter => _filter;

    public int FilterShift { get; }

    public static uint Hash(uint weak) => weak * 0x9E3779B1;

    /// <summary>True when the word has both bits of a hash. A shift takes the lower six bits of its count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Passes(ulong word, uint hash) => (word >> (int)hash & word >> (int)(hash >> 6) & 1) != 0;

    public bool MayHold(uint weak)
    {
        var hash = Hash(weak);
        return Passes(_filter[hash >> FilterShift], hash);
    }

    /// <summary>True when a block that a search would try has this weak sum.</summary>
    public bool Holds(uint weak)
    {
        var block = First(weak);
        for (var tried = 1; block >= 0 && _sums.Weak(block) != weak; tried++)
            block = tried < MaxCandidates ? Next(block) : -1;
        return block >= 0;
    }

    /// <summary>The first block in the chain for a weak sum, or -1. Other weak sums share the chain.</summary>
    public int First(uint weak) => _heads[Hash(weak) >> _bucketShift];

    /// <summary>The block after this one in its chain, or -1.</summary>
    public int Next(int block) => _next[block];

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_heads);
        ArrayPool<int>.Shared.Return(_next);
        ArrayPool<ulong>.Shared.Return(_filter);
    }

    private void Insert(int block)
    {
        var hash = Hash(_sums.Weak(block));
        _filter[hash >> FilterShift] |= 1UL << (int)hash | 1UL << (int)(hash >> 6);
        ref var head = ref _heads[hash >> _bucketShift];
        // A long run of equal blocks (zeros, mostly) stays one link: a search looks at a limited number of them.
        var replaces = head >= 0 && _sums.Entry(block).SequenceEqual(_sums.Entry(head));
        _next[block] = replaces ? _next[head] : head;
        head = block;
    }

    private static int Log2Ceiling(int value) => value <= 1 ? 0 : BitOperations.Log2((uint)value - 1) + 1;
}
