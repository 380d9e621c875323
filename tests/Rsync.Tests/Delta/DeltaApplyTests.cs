using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Delta;

public sealed class DeltaApplyTests : IDisposable
{
    private readonly BlockHash _hash = new(ChecksumKind.Md5, 7, seedFix: true);
    private readonly StrongHash _digest = StrongHash.Create(ChecksumKind.Md5);
    private readonly MemoryStream _output = new();

    public void Dispose()
    {
        _hash.Dispose();
        _digest.Dispose();
        _output.Dispose();
    }

    [Theory]
    [InlineData(300)]
    [InlineData(700)]
    [InlineData(50_000)]
    public void What_was_searched_is_built_again(int block)
    {
        var random = Randoms.New();
        for (var round = 0; round < 10; round++)
        {
            _output.SetLength(0);
            var basis = random.Bytes(random.Next(1, 900_000));
            var source = random.Edit(basis, random.Next(8));
            var sums = DeltaSamples.Sums(basis, _hash, block);
            using var apply = new DeltaApply(sums.Head, DeltaSamples.Reader(basis, random.Next(1, 100_000)), Write, _digest);
            Replay(apply, DeltaSamples.Search(source, sums, _hash));
            Assert.Equal(source, _output.ToArray());
            Assert.Equal(source.Length, apply.Length);
            Assert.Equal(Randoms.Md5(source), Digest());
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(20_000)]
    public void In_place_the_basis_becomes_the_source(int block)
    {
        var random = Randoms.New();
        for (var round = 0; round < 20; round++)
        {
            var basis = random.Bytes(random.Next(1, 400_000));
            var source = random.Edit(basis, random.Next(6));
            var sums = DeltaSamples.Sums(basis, _hash, block);
            _output.SetLength(0);
            _output.Write(basis);
            using var apply = new DeltaApply(sums.Head, Read, Write, _digest) { InPlace = true };
            Replay(apply, DeltaSamples.Search(source, sums, _hash, inPlace: true));
            _output.SetLength(apply.Length);
            Assert.Equal(source, _output.ToArray());
            Assert.Equal(Randoms.Md5(source), Digest());
        }
    }

    [Fact]
    public void In_place_an_unchanged_file_is_not_written()
    {
        var basis = Randoms.New().Bytes(100_000);
        var sums = DeltaSamples.Sums(basis, _hash);
        using var apply = new DeltaApply(sums.Head, DeltaSamples.Reader(basis), Refuse, _digest) { InPlace = true };
        Replay(apply, DeltaSamples.Search(basis, sums, _hash, inPlace: true));
        Assert.Equal(Randoms.Md5(basis), Digest());

        static void Refuse(ReadOnlySpan<byte> data, long offset) => Assert.Fail($"{data.Length} bytes written at {offset}");
    }

    [Fact]
    public void An_append_starts_where_it_is_told()
    {
        _output.Write("12345"u8);
        using var apply = new DeltaApply(default, null, Write, _digest, start: 5);
        apply.Literal("678"u8);
        apply.Flush();
        Assert.Equal("12345678"u8, _output.ToArray());
        Assert.Equal(8, apply.Length);
        Assert.Equal(Randoms.Md5("678"u8), Digest());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_block_that_is_not_there_is_refused(int block)
    {
        using var apply = new DeltaApply(new SumHead(3, 700, 2, 600), DeltaSamples.Reader(new byte[2000]), Write, _digest);
        Assert.Throws<InvalidDataException>(() => { apply.Copy(block); });
    }

    [Fact]
    public void A_block_without_a_basis_is_refused()
    {
        using var apply = new DeltaApply(new SumHead(3, 700, 2, 600), null, Write, _digest);
        Assert.Throws<InvalidDataException>(() => { apply.Copy(0); });
    }

    [Fact]
    public void A_basis_that_became_shorter_counts_as_zeros()
    {
        using var apply = new DeltaApply(new SumHead(3, 700, 2, 600), DeltaSamples.Reader([1, 2, 3]), Write, _digest);
        apply.Copy(0);
        apply.Copy(2);
        apply.Flush();
        Assert.Equal([1, 2, 3, .. new byte[1297]], _output.ToArray());
    }

    private static void Replay(DeltaApply apply, RecordingSink steps)
    {
        foreach (var step in steps.Steps)
        {
            if (step.Block >= 0)
                Assert.Equal(step.Data, apply.Copy(step.Block));
            else
                apply.Literal(step.Data);
        }
        apply.Flush();
    }

    private void Write(ReadOnlySpan<byte> data, long offset)
    {
        _output.Position = offset;
        _output.Write(data);
    }

    private int Read(Span<byte> buffer, long offset)
    {
        _output.Position = offset;
        return _output.Read(buffer);
    }

    private byte[] Digest()
    {
        var digest = new byte[16];
        _digest.Finish(digest);
        return digest;
    }
}
