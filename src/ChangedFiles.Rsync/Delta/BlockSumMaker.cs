using System.Buffers;
using System.Buffers.Binary;
using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Rsync.Delta;

/// <summary>Reads a basis once and gives out the sums of its blocks as it goes.</summary>
internal static class BlockSumMaker
{
    // Half of a usual second-level cache: what was read is still there when it is hashed.
    private const int ReadLength = 256 * 1024;

    /// <summary>
    /// Passes the packed entries of all blocks to <paramref name="emit"/> in order, a part after each read of about 256 KiB.
    /// A basis that ends early counts as zeros from there; the digest of the file finds out.
    /// </summary>
    public static void Make(SumHead head, ReadAt basis, BlockHash hash, Action<ReadOnlySpan<byte>> emit)
    {
        if (head.Count == 0)
            return;
        var blocksAtOnce = (int)Math.Min(head.Count, Math.Max(1, ReadLength / head.BlockLength));
        var buffer = ArrayPool<byte>.Shared.Rent(blocksAtOnce * head.BlockLength);
        var entries = ArrayPool<byte>.Shared.Rent(blocksAtOnce * head.EntryLength);
        for (var first = 0; first < head.Count; first += blocksAtOnce)
        {
            var blocks = Math.Min(blocksAtOnce, head.Count - first);
            var length = (blocks - 1) * head.BlockLength + head.LengthOf(first + blocks - 1);
            basis.ReadFully(buffer.AsSpan(0, length), head.OffsetOf(first));
            for (var i = 0; i < blocks; i++)
            {
                var block = buffer.AsSpan(i * head.BlockLength, head.LengthOf(first + i));
                var entry = entries.AsSpan(i * head.EntryLength, head.EntryLength);
                BinaryPrimitives.WriteUInt32LittleEndian(entry, WeakSum.Of(block));
                hash.Compute(block, entry[sizeof(uint)..]);
            }
            emit(entries.AsSpan(0, blocks * head.EntryLength));
        }
        ArrayPool<byte>.Shared.Return(entries);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Fills the whole buffer, with zeros from where the file ends.</summary>
    internal static void ReadFully(this ReadAt file, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = file(buffer, offset);
            if (read == 0)
                break;
            buffer = buffer[read..];
            offset += read;
        }
        buffer.Clear();
    }
}
