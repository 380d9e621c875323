using System.Buffers.Binary;

namespace ChangedFiles.Rsync.Delta;

/// <summary>The sums of all blocks of one basis, packed as they go over the wire (docs/protocol.md 7.3).</summary>
internal sealed class BlockSums
{
    // Bytes allotted before the peer has sent as many.
    private const int FirstPart = 64 * 1024;

    private readonly byte[] _entries;

    private BlockSums(SumHead head, byte[] entries)
    {
        Head = head;
        _entries = entries;
    }

    public SumHead Head { get; }

    /// <summary>For each block its weak sum (little-endian) and <see cref="SumHead.StrongLength"/> bytes of its strong sum.</summary>
    public ReadOnlySpan<byte> Entries => _entries.AsSpan(0, Head.Count * Head.EntryLength);

    /// <summary>The weak sum of a block.</summary>
    public uint Weak(int block) => BinaryPrimitives.ReadUInt32LittleEndian(_entries.AsSpan(block * Head.EntryLength));

    /// <summary>The strong sum of a block, cut to <see cref="SumHead.StrongLength"/> bytes.</summary>
    public ReadOnlySpan<byte> Strong(int block) => Entry(block)[sizeof(uint)..];

    internal ReadOnlySpan<byte> Entry(int block) => _entries.AsSpan(block * Head.EntryLength, Head.EntryLength);

    /// <summary>Takes a peer's sums. Memory grows with what has arrived, not with what was announced.</summary>
    /// <param name="head">A head that <see cref="SumHead.Parse"/> has passed.</param>
    /// <param name="read">Fills the whole span with the next bytes from the wire.</param>
    public static BlockSums Read(SumHead head, Action<Span<byte>> read)
    {
        var total = head.Count * head.EntryLength;
        var entries = new byte[Math.Min(total, FirstPart)];
        for (var filled = 0; filled < total; filled = entries.Length)
        {
            if (filled == entries.Length)
                Array.Resize(ref entries, (int)Math.Min(total, 2L * filled));
            read(entries.AsSpan(filled));
        }
        return new BlockSums(head, entries);
    }

    /// <summary>Computes the sums of a basis.</summary>
    public static BlockSums Compute(SumHead head, ReadAt basis, Checksums.BlockHash hash)
    {
        var entries = new byte[head.Count * head.EntryLength];
        var filled = 0;
        BlockSumMaker.Make(head, basis, hash, part =>
        {
            part.CopyTo(entries.AsSpan(filled));
            filled += part.Length;
        });
        return new BlockSums(head, entries);
    }
}
