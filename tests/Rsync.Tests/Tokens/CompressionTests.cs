using ChangedFiles.Rsync.Tokens;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Tokens;

public sealed class CompressionTests
{
    [Fact]
    public void The_offer_is_in_canonical_order() =>
        Assert.Equal(["zstd", "lz4", "zlibx", "zlib"], Compression.Available.Select(kind => kind.WireName()));

    [Theory]
    [InlineData("zstd", nameof(CompressionKind.Zstd))]
    [InlineData("lz4", nameof(CompressionKind.Lz4))]
    [InlineData("zlibx", nameof(CompressionKind.Zlibx))]
    [InlineData("zlib", nameof(CompressionKind.Zlib))]
    [InlineData("none", nameof(CompressionKind.None))]
    public void Names_are_understood(string name, string kind)
    {
        Assert.True(Compression.TryParse(name, out var parsed));
        Assert.Equal(kind, parsed.ToString());
    }

    [Fact]
    public void Other_names_are_not() => Assert.False(Compression.TryParse("gzip", out _));

    [Theory]
    [InlineData(nameof(CompressionKind.Zlibx), null, 6)]
    [InlineData(nameof(CompressionKind.Zlib), -1, 6)]
    [InlineData(nameof(CompressionKind.Zlib), 0, 0)]
    [InlineData(nameof(CompressionKind.Zlib), 99, 9)]
    [InlineData(nameof(CompressionKind.Zstd), null, 3)]
    [InlineData(nameof(CompressionKind.Zstd), 0, 3)]
    [InlineData(nameof(CompressionKind.Zstd), 99, 22)]
    [InlineData(nameof(CompressionKind.Zstd), -7, -7)]
    [InlineData(nameof(CompressionKind.Lz4), 9, 0)]
    [InlineData(nameof(CompressionKind.None), 9, 0)]
    public void Levels_stay_within_what_the_method_knows(string kind, int? wished, int level) =>
        Assert.Equal(level, Enum.Parse<CompressionKind>(kind).Level(wished));
}
