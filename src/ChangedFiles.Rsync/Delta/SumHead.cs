using System.Buffers.Binary;
using System.Numerics;

namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// The shape of a set of block sums (docs/protocol.md 7.3). All zero: no basis, the file is sent whole.
/// </summary>
/// <param name="Count">Number of blocks.</param>
/// <param name="BlockLength">Bytes of a block, 0..<see cref="MaxBlockLength"/>.</param>
/// <param name="StrongLength">Bytes of strong sum sent for each block.</param>
/// <param name="Remainder">Bytes of the last block if it is shorter than the others, else 0.</param>
internal readonly record struct SumHead(int Count, int BlockLength, int StrongLength, int Remainder)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 16;

    /// <summary>Longest block, in bytes.</summary>
    public const int MaxBlockLength = 128 * 1024;

    /// <summary>Longest strong sum of a block, in bytes, however long the digest is.</summary>
    public const int MaxStrongLength = 16;

    /// <summary>Most bytes that the sums of one file may take.</summary>
    public const int MaxSumsLength = 1 << 30;

    private const int DefaultBlockLength = 700;

    // Up to this length of a basis the block length is the default; the square of the default.
    private const long SmallBasis = DefaultBlockLength * DefaultBlockLength;

    // More bits than the two sums need to tell all pairs of offsets and blocks apart.
    private const int SpareBits = 10;
    private const int WeakBits = 32;
    private const int MinStrongLength = 2;

    /// <summary>Bytes of one entry: the weak sum and the strong one.</summary>
    public int EntryLength => sizeof(uint) + StrongLength;

    /// <summary>Bytes that the blocks cover together.</summary>
    public long BasisLength => Count == 0 ? 0 : OffsetOf(Count - 1) + LengthOf(Count - 1);

    /// <summary>Where a block starts in the basis, in bytes.</summary>
    public long OffsetOf(int block) => (long)block * BlockLength;

    /// <summary>Bytes of a block; <paramref name="block"/> is 0..<see cref="Count"/> - 1.</summary>
    public int LengthOf(int block) => block == Count - 1 && Remainder != 0 ? Remainder : BlockLength;

    /// <summary>The sizes that stock chooses for a basis.</summary>
    /// <param name="length">
    /// Bytes of the basis; 0 is no basis. One whose sums would exceed <see cref="MaxSumsLength"/> is none either.
    /// </param>
    /// <param name="forcedBlock"><c>--block-size</c>, 1..<see cref="MaxBlockLength"/>, or 0.</param>
    /// <param name="digestLength">Bytes of the transfer checksum's digest.</param>
    /// <param name="redo">True for the second try of a file whose digest failed: full strong sums.</param>
    public static SumHead ForBasis(long length, int forcedBlock, int digestLength, bool redo)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(forcedBlock);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(forcedBlock, MaxBlockLength);
        if (length == 0)
            return default;
        var block = forcedBlock > 0 ? forcedBlock : ChooseBlock(length);
        var longest = Math.Min(MaxStrongLength, digestLength);
        var strong = redo ? longest : Math.Min(longest, ChooseStrong(length, block));
        var count = (length + block - 1) / block;
        return count > MaxSumsLength / (sizeof(uint) + strong)
            ? default
            : new SumHead((int)count, block, strong, (int)(length % block));
    }

    /// <summary>Takes a peer's head.</summary>
    /// <param name="bytes">At least <see cref="Length"/> bytes.</param>
    /// <param name="digestLength">Bytes of the transfer checksum's digest.</param>
    /// <exception cref="InvalidDataException">A number is outside the bounds of docs/protocol.md 11.5.</exception>
    public static SumHead Parse(ReadOnlySpan<byte> bytes, int digestLength)
    {
        var head = new SumHead(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        var wrong = head switch
        {
            { Count: < 0 } => $"checksum count {head.Count}",
            { BlockLength: < 0 or > MaxBlockLength } => $"block length {head.BlockLength}",
            { BlockLength: 0, Count: > 0 } => "zero block length",
            { StrongLength: < 0 } => $"checksum length {head.StrongLength}",
            _ when head.StrongLength > digestLength => $"checksum length {head.StrongLength}",
            { Remainder: < 0 } => $"remainder length {head.Remainder}",
            _ when head.Remainder > head.BlockLength => $"remainder length {head.Remainder}",
            _ when (long)head.Count * head.EntryLength > MaxSumsLength => $"checksum count {head.Count} (too large)",
            _ => null,
        };
        return wrong is null ? head : throw new InvalidDataException($"Invalid {wrong}");
    }

    /// <summary>Writes the <see cref="Length"/> bytes of the wire form.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], BlockLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], StrongLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Remainder);
    }

    // The square root, rounded down to a multiple of 8.
    private static int ChooseBlock(long length)
    {
        if (length <= SmallBasis)
            return DefaultBlockLength;
        var highest = 1 << (BitOperations.Log2((ulong)length) / 2);
        if (highest >= MaxBlockLength)
            return MaxBlockLength;
        var block = 0L;
        for (var bit = highest; bit >= 8; bit >>= 1)
        {
            if ((block | (uint)bit) * (block | (uint)bit) <= length)
                block |= (uint)bit;
        }
        return (int)Math.Max(block, DefaultBlockLength);
    }

    private static int ChooseStrong(long length, int block)
    {
        var pairs = SpareBits + 2 * BitOperations.Log2((ulong)length);
        var bits = Math.Max(0, pairs - BitOperations.Log2((uint)block));
        return Math.Max(MinStrongLength, (bits + 1 - WeakBits + 7) / 8);
    }
}
