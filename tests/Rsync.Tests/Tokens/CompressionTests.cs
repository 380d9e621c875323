using ChangedFiles.Rsync.Tokens;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Tokens;

public sealed class CompressionTests
{
    [Fact]
    public void The_offer_is_in_canonical_order() =>
        Assert.Equal(["zstd", "lz4", "zlibx", "zlib"], Compression.Available.Select(kind => kind.WireName()));

    [Theory]
    [InlineData("zstd", CompressionKind.Zstd)]
    [InlineData("lz4", CompressionKind.Lz4)]
    [InlineData("zlibx", CompressionKind.Zlibx)]
    [InlineData("zlib", CompressionKind.Zlib)]
    [InlineData("none", CompressionKind.None)]
    public void Names_are_understood(string name, CompressionKind kind)
    {
        Assert.True(Compression.TryParse(name, out var parsed));
        Assert.Equal(kind, parsed);
    }

    [Fact]
    public void Other_names_are_not() => Assert.False(Compression.TryParse("gzip", out _));

    [Theory]
    [InlineData(CompressionKind.Zlibx, null, 6)]
    [InlineData(CompressionKind.Zlib, -1, 6)]
    [InlineData(CompressionKind.Zlib, 0, 0)]
    [InlineData(CompressionKind.Zlib, 99, 9)]
    [InlineData(CompressionKind.Zstd, null, 3)]
    [InlineData(CompressionKind.Zstd, 0, 3)]
    [InlineData(CompressionKind.Zstd, 99, 22)]
    [InlineData(CompressionKind.Zstd, -7, -7)]
    [InlineData(CompressionKind.Lz4, 9, 0)]
    [InlineData(CompressionKind.None, 9, 0)]
    public void Levels_stay_within_what_the_method_knows(CompressionKind kind, int? wished, int level) =>
        Assert.Equal(level, kind.Level(wished));
}
