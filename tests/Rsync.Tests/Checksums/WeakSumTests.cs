using ChangedFiles.Rsync.Checksums;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Checksums;

public sealed class WeakSumTests
{
    [Theory]
    [InlineData(0, 700, 0xa61efb38)]
    [InlineData(700, 700, 0x972205b0)]
    [InlineData(1400, 100, 0x3cacfefc)]
    public void Sums_are_those_of_stock_rsync(int start, int length, uint sum) =>
        Assert.Equal(sum, WeakSum.Of(BlockHashTests.StockData.AsSpan(start, length)));

    [Fact]
    public void Every_length_gives_the_sum_of_the_definition()
    {
        var random = Randoms.New();
        for (var length = 0; length < 400; length++)
        {
            var data = random.Bytes(length);
            Assert.Equal(Naive(data), WeakSum.Of(data));
        }
        var longest = random.Bytes(128 * 1024);
        Assert.Equal(Naive(longest), WeakSum.Of(longest));
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xff)]
    [InlineData(0x7f)]
    public void Extreme_bytes_do_not_overflow_into_each_other(byte value)
    {
        var data = Enumerable.Repeat(value, 128 * 1024).ToArray();
        Assert.Equal(Naive(data), WeakSum.Of(data));
    }

    /// <summary>The definition of docs/protocol.md 7.4, word for word.</summary>
    internal static uint Naive(ReadOnlySpan<byte> data)
    {
        long s1 = 0, s2 = 0;
        for (var i = 1; i <= data.Length; i++)
        {
            long x = (sbyte)data[i - 1];
            s1 += x;
            s2 += (data.Length - i + 1) * x;
        }
        return (uint)(s1 & 0xffff) | (uint)(s2 & 0xffff) << 16;
    }
}
