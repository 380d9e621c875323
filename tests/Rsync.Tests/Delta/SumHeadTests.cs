using System.Buffers.Binary;
using ChangedFiles.Rsync.Delta;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Delta;

public sealed class SumHeadTests
{
    // docs/protocol.md 7.3
    [Theory]
    [InlineData(1, 700, 2)]
    [InlineData(2000, 700, 2)]
    [InlineData(490000, 700, 2)]
    [InlineData(490001, 700, 2)]
    [InlineData(1000000, 1000, 2)]
    [InlineData(50000000, 7064, 3)]
    [InlineData(1L << 30, 32768, 3)]
    [InlineData(2147483648, 46336, 4)]
    [InlineData(1L << 34, 131072, 4)]
    [InlineData(1L << 40, 131072, 6)]
    public void Sizes_are_those_that_stock_chooses(long length, int block, int strong)
    {
        var head = SumHead.ForBasis(length, forcedBlock: 0, digestLength: 16, redo: false);
        Assert.Equal((block, strong), (head.BlockLength, head.StrongLength));
        Assert.Equal(length, head.BasisLength);
        Assert.Equal((length + block - 1) / block, head.Count);
    }

    [Fact]
    public void An_empty_basis_is_none() => Assert.Equal(default, SumHead.ForBasis(0, 0, 16, false));

    [Fact]
    public void More_sums_than_can_be_held_are_none() => Assert.Equal(default, SumHead.ForBasis(1L << 40, 700, 16, false));

    [Theory]
    [InlineData(16, 16)]
    [InlineData(20, 16)]
    [InlineData(8, 8)]
    public void A_redo_asks_for_the_whole_digest_but_at_most_16_bytes(int digestLength, int strong) =>
        Assert.Equal(strong, SumHead.ForBasis(5000, 0, digestLength, redo: true).StrongLength);

    [Fact]
    public void A_forced_block_length_holds()
    {
        var head = SumHead.ForBasis(10_000, 4096, 16, redo: false);
        Assert.Equal((3, 4096, 10_000 - 2 * 4096), (head.Count, head.BlockLength, head.Remainder));
        Assert.Equal((4096, 1808), (head.LengthOf(1), head.LengthOf(2)));
    }

    [Fact]
    public void A_head_reads_back_as_written()
    {
        var head = new SumHead(3, 700, 2, 600);
        var bytes = new byte[SumHead.Length];
        head.Write(bytes);
        Assert.Equal("03000000bc0200000200000058020000", Convert.ToHexStringLower(bytes)); // docs/protocol.md 12.2
        Assert.Equal(head, SumHead.Parse(bytes, 16));
    }

    [Theory]
    [InlineData(-1, 700, 2, 0)]
    [InlineData(int.MinValue, 700, 2, 0)]
    [InlineData(1, 0, 2, 0)] // CVE-2026-53792
    [InlineData(1, -1, 2, 0)]
    [InlineData(1, 131073, 2, 0)]
    [InlineData(1, 700, -1, 0)]
    [InlineData(1, 700, 17, 0)] // CVE-2024-12084
    [InlineData(1, 700, 2, -1)]
    [InlineData(1, 700, 2, 701)]
    [InlineData(int.MaxValue, 700, 2, 0)]
    public void Numbers_out_of_bounds_are_refused(int count, int block, int strong, int remainder)
    {
        var bytes = new byte[SumHead.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), block);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), strong);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), remainder);
        Assert.Throws<InvalidDataException>(() => SumHead.Parse(bytes, 16));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(0, 700, 2, 600, 0)]
    [InlineData(2, 700, 2, 0, 1400)]
    [InlineData(2, 700, 2, 700, 1400)]
    [InlineData(2, 700, 0, 1, 701)]
    public void The_legal_corners_are_taken(int count, int block, int strong, int remainder, long length)
    {
        var bytes = new byte[SumHead.Length];
        new SumHead(count, block, strong, remainder).Write(bytes);
        Assert.Equal(length, SumHead.Parse(bytes, 16).BasisLength);
    }
}
