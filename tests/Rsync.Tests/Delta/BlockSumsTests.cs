using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.Tests.Checksums;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Delta;

public sealed class BlockSumsTests
{
    [Theory]
    [InlineData(1, 700)]
    [InlineData(1400, 700)]
    [InlineData(300_000, 700)]
    [InlineData(600_001, 131072)]
    public void Each_block_has_its_sums_however_the_basis_is_read(int length, int block)
    {
        var basis = Randoms.New().Bytes(length);
        using var hash = new BlockHash(ChecksumKind.Md5, 0, seedFix: true);
        var head = SumHead.ForBasis(length, block, 16, redo: false);
        var sums = BlockSums.Compute(head, DeltaSamples.Reader(basis, atMost: 10_007), hash);
        for (var i = 0; i < head.Count; i++)
        {
            var data = basis.AsSpan((int)head.OffsetOf(i), head.LengthOf(i));
            Assert.Equal(WeakSumTests.Naive(data), sums.Weak(i));
            Assert.Equal(Randoms.Md5(data).AsSpan(0, head.StrongLength), sums.Strong(i));
        }
    }

    [Fact]
    public void A_basis_that_ends_early_counts_as_zeros()
    {
        var basis = Randoms.New().Bytes(1000);
        using var hash = new BlockHash(ChecksumKind.Md5, 0, seedFix: true);
        var head = SumHead.ForBasis(2100, 700, 16, redo: false);
        var sums = BlockSums.Compute(head, DeltaSamples.Reader(basis), hash);
        Assert.Equal(WeakSumTests.Naive([.. basis[700..], .. new byte[400]]), sums.Weak(1));
        Assert.Equal(0u, sums.Weak(2));
    }

    [Fact]
    public void Received_sums_are_the_sent_ones()
    {
        var basis = Randoms.New().Bytes(400_000);
        using var hash = new BlockHash(ChecksumKind.Md5, 0, seedFix: true);
        var sent = DeltaSamples.Sums(basis, hash, block: 16);
        var wire = new MemoryStream(sent.Entries.ToArray());
        var received = BlockSums.Read(sent.Head, wire.ReadExactly);
        Assert.Equal(sent.Entries, received.Entries);
        Assert.Equal(wire.Length, wire.Position);
    }

    [Fact]
    public void Memory_grows_with_what_arrives_and_not_with_what_is_announced()
    {
        var announced = new SumHead(50_000_000, 700, 16, 0);
        var arrived = 0;
        var largest = 0;
        Assert.Throws<EndOfStreamException>(() => BlockSums.Read(announced, part =>
        {
            largest = Math.Max(largest, part.Length);
            if (arrived > 1_000_000)
                throw new EndOfStreamException();
            arrived += part.Length;
        }));
        Assert.InRange(largest, 1, 2_000_000);
    }
}
