using System.Buffers.Binary;
using ChangedFiles.Rsync.Checksums;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Checksums;

public sealed class BlockHashTests
{
    // What rsync 3.5.0 sent for three blocks (700, 700, 100 bytes) of this data, with --checksum-choice and --checksum-seed.
    [Theory]
    [InlineData(nameof(ChecksumKind.Xxh128), 1, "f161", "ad6a", "5417")]
    [InlineData(nameof(ChecksumKind.Xxh128), -5, "2967", "3bba", "c3e2")]
    [InlineData(nameof(ChecksumKind.Xxh128), 0x12345678, "ce5e", "0284", "6d44")]
    [InlineData(nameof(ChecksumKind.Xxh3), 1, "f161", "ad6a", "6a78")]
    [InlineData(nameof(ChecksumKind.Xxh3), -5, "2967", "3bba", "6b29")]
    [InlineData(nameof(ChecksumKind.Xxh3), 0x12345678, "ce5e", "0284", "3e01")]
    [InlineData(nameof(ChecksumKind.XxHash64), 1, "0f50", "5109", "b809")]
    [InlineData(nameof(ChecksumKind.XxHash64), -5, "ea53", "e45b", "2335")]
    [InlineData(nameof(ChecksumKind.XxHash64), 0x12345678, "fd5f", "a416", "ea84")]
    [InlineData(nameof(ChecksumKind.Md5), 1, "d8a3", "dedc", "d9d3")]
    [InlineData(nameof(ChecksumKind.Md5), -5, "41f1", "b2d1", "5c7a")]
    [InlineData(nameof(ChecksumKind.Md5), 0x12345678, "d977", "16c6", "d933")]
    [InlineData(nameof(ChecksumKind.Md4), 1, "9dbe", "d80d", "3c55")]
    [InlineData(nameof(ChecksumKind.Md4), -5, "5d86", "ede1", "5b13")]
    [InlineData(nameof(ChecksumKind.Md4), 0x12345678, "b2ac", "6600", "8406")]
    [InlineData(nameof(ChecksumKind.Sha1), 1, "ab19", "490d", "a40c")]
    [InlineData(nameof(ChecksumKind.Sha1), -5, "ac2b", "16e0", "a735")]
    [InlineData(nameof(ChecksumKind.Sha1), 0x12345678, "7bb1", "427a", "19de")]
    public void Sums_are_those_of_stock_rsync(string kindName, int seed, params string[] sums)
    {
        var kind = Enum.Parse<ChecksumKind>(kindName);
        using var hash = new BlockHash(kind, seed, seedFix: true);
        byte[][] blocks = [StockData[..700], StockData[700..1400], StockData[1400..]];
        Assert.Equal(sums, blocks.Select(block => Sum(hash, block, 2)));
    }

    /// <summary>The file whose sums stock rsync was asked for.</summary>
    internal static readonly byte[] StockData = [.. Enumerable.Range(0, 1500).Select(i => (byte)(i * i * 7 + i * 13 + (i >> 8) * 31))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2)]
    public void Md5_hashes_the_seed_last_without_the_seed_fix_and_zero_not_at_all(int seed)
    {
        using var hash = new BlockHash(ChecksumKind.Md5, seed, seedFix: false);
        var seedBytes = new byte[seed == 0 ? 0 : 4];
        if (seed != 0)
            BinaryPrimitives.WriteInt32LittleEndian(seedBytes, seed);
        Assert.Equal(Convert.ToHexStringLower(Randoms.Md5([.. StockData, .. seedBytes])), Sum(hash, StockData, 16));
    }

    [Theory]
    [InlineData(nameof(ChecksumKind.Md4))]
    [InlineData(nameof(ChecksumKind.Md5))]
    [InlineData(nameof(ChecksumKind.Sha1))]
    [InlineData(nameof(ChecksumKind.XxHash64))]
    [InlineData(nameof(ChecksumKind.Xxh3))]
    [InlineData(nameof(ChecksumKind.Xxh128))]
    public void With_seed_0_a_block_sum_is_the_start_of_the_plain_digest(string kindName)
    {
        var kind = Enum.Parse<ChecksumKind>(kindName);
        using var block = new BlockHash(kind, 0, seedFix: true);
        using var strong = StrongHash.Create(kind);
        foreach (var length in new[] { 0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1500 })
        {
            strong.Append(StockData.AsSpan(0, length));
            var digest = new byte[strong.DigestLength];
            strong.Finish(digest);
            for (var cut = 0; cut <= block.DigestLength; cut++)
                Assert.Equal(Convert.ToHexStringLower(digest.AsSpan(0, cut)), Sum(block, StockData[..length], cut));
        }
    }

    private static string Sum(BlockHash hash, byte[] block, int length)
    {
        var sum = new byte[length];
        hash.Compute(block, sum);
        return Convert.ToHexStringLower(sum);
    }
}
