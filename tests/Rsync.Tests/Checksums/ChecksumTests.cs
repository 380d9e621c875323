using ChangedFiles.Rsync.Checksums;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Checksums;

public sealed class ChecksumTests
{
    [Fact]
    public void The_offer_is_in_canonical_order_and_without_md4()
    {
        string[] canonical = ["xxh128", "xxh3", "xxh64", "md5", "sha1"];
        Assert.Equal(canonical, Checksum.Available.Select(kind => kind.WireName()));
    }

    [Theory]
    [InlineData("xxh128", nameof(ChecksumKind.Xxh128), 16)]
    [InlineData("xxh3", nameof(ChecksumKind.Xxh3), 8)]
    [InlineData("xxh64", nameof(ChecksumKind.XxHash64), 8)]
    [InlineData("xxhash", nameof(ChecksumKind.XxHash64), 8)]
    [InlineData("md5", nameof(ChecksumKind.Md5), 16)]
    [InlineData("md4", nameof(ChecksumKind.Md4), 16)]
    [InlineData("sha1", nameof(ChecksumKind.Sha1), 20)]
    [InlineData("none", nameof(ChecksumKind.None), 1)]
    public void Names_are_understood(string name, string kind, int digestLength)
    {
        Assert.True(Checksum.TryParse(name, out var parsed));
        Assert.Equal(kind, parsed.ToString());
        Assert.Equal(digestLength, parsed.DigestLength());
        using var hash = StrongHash.Create(parsed);
        Assert.Equal(digestLength, hash.DigestLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MD5")]
    [InlineData("sha256")]
    [InlineData("md5 ")]
    public void Other_names_are_not(string name) => Assert.False(Checksum.TryParse(name, out _));
}
