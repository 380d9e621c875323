using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;

namespace ChangedFiles.Rsync.Tests.Delta;

/// <summary>Files as arrays, and a sink that keeps what it gets.</summary>
internal static class DeltaSamples
{
    public static ReadAt Reader(byte[] file, int atMost = int.MaxValue) => (buffer, offset) =>
    {
        if (offset >= file.Length)
            return 0;
        var count = Math.Min(Math.Min(buffer.Length, atMost), file.Length - (int)offset);
        file.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    };

    public static BlockSums Sums(byte[] basis, BlockHash hash, int block = 0, bool redo = true) =>
        BlockSums.Compute(SumHead.ForBasis(basis.Length, block, hash.DigestLength, redo), Reader(basis), hash);

    public static RecordingSink Search(byte[] source, BlockSums sums, BlockHash hash, bool inPlace = false, int atMost = int.MaxValue)
    {
        var sink = new RecordingSink(sums.Head);
        using var digest = StrongHash.Create(ChecksumKind.Md5);
        DeltaSearch.Run(sums, hash, inPlace, Reader(source, atMost), source.Length, digest, sink);
        sink.Digest = new byte[digest.DigestLength];
        digest.Finish(sink.Digest);
        return sink;
    }

    /// <summary>A copy of a file with some of its parts overwritten, inserted, removed, moved and repeated.</summary>
    public static byte[] Edit(this Random random, byte[] file, int edits)
    {
        var edited = new List<byte>(file);
        for (var i = 0; i < edits; i++)
        {
            var at = random.Next(edited.Count + 1);
            var part = edited.GetRange(at, random.Next(Math.Min(edited.Count - at, 5000) + 1));
            var fresh = random.Bytes(random.Next(1, 2000));
            switch (random.Next(4))
            {
                case 0:
                    edited.InsertRange(at, fresh);
                    break;
                case 1:
                    edited.RemoveRange(at, part.Count);
                    break;
                case 2:
                    edited.InsertRange(random.Next(edited.Count + 1), part);
                    break;
                default:
                    edited.RemoveRange(at, part.Count);
                    edited.InsertRange(at, fresh);
                    break;
            }
        }
        return [.. edited];
    }
}

/// <summary>One step of a delta: a literal, or a copied block.</summary>
internal readonly record struct Step(int Block, byte[] Data)
{
    public const int Literal = -1;
}

internal sealed class RecordingSink(SumHead head) : IDeltaSink
{
    public List<Step> Steps { get; } = [];
    public byte[] Digest { get; set; } = [];

    /// <summary>Block numbers in order, literals as their lengths with a minus sign; adjoining literals count as one.</summary>
    public string Text => string.Join(' ', Steps.Aggregate(new List<int>(), (numbers, step) =>
    {
        if (step.Block >= 0)
            numbers.Add(step.Block);
        else if (numbers is [.., < 0])
            numbers[^1] -= step.Data.Length;
        else
            numbers.Add(-step.Data.Length);
        return numbers;
    }));

    public int LiteralBytes => Steps.Where(step => step.Block == Step.Literal).Sum(step => step.Data.Length);

    public void Literal(ReadOnlySpan<byte> data) => Steps.Add(new Step(Step.Literal, data.ToArray()));

    public void Copy(int block, ReadOnlySpan<byte> data)
    {
        if (data.Length != head.LengthOf(block))
            throw new InvalidOperationException($"block {block} was given {data.Length} bytes");
        Steps.Add(new Step(block, data.ToArray()));
    }
}
