using ChangedFiles.Rsync.Tests.Checksums;
using ChangedFiles.Rsync.Tests.Delta;
using ChangedFiles.Rsync.Tokens;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Tokens;

public sealed class TokenBytesTests
{
    // docs/protocol.md 7.5
    [Fact]
    public void Plain_tokens_are_the_documented_bytes()
    {
        List<Step> file = [new(0, []), new(Step.Literal, "INSERTED"u8.ToArray()), new(1, [])];
        var bytes = Convert.ToHexStringLower(TokenSamples.Write(CompressionKind.None, [file]));
        Assert.Equal("ffffffff" + "08000000494e534552544544" + "feffffff" + "00000000", bytes);
    }

    [Fact]
    public void Long_literals_go_in_runs_that_every_release_takes()
    {
        List<Step> file = [new(Step.Literal, new byte[70_000])];
        var bytes = TokenSamples.Write(CompressionKind.None, [file]);
        Assert.Equal(4 * 4 + 70_000, bytes.Length);
        Assert.Equal(32768, BitConverter.ToInt32(bytes, 0));
        Assert.Equal(32768, BitConverter.ToInt32(bytes, 4 + 32768));
        Assert.Equal(70_000 - 65536, BitConverter.ToInt32(bytes, 8 + 65536));
    }

    [Fact]
    public void A_reader_takes_longer_runs_than_a_writer_makes()
    {
        var steps = TokenSamples.ReadAll(CompressionKind.None, [0x70, 0x11, 0x01, 0x00, .. new byte[70_000], 0, 0, 0, 0], _ => []);
        Assert.Equal(70_000, Assert.Single(steps).Data.Length);
    }

    [Theory]
    [InlineData("80 00", 0)]
    [InlineData("bf 00", 63)]
    [InlineData("20 40000000 00", 64)]
    [InlineData("c0 0100 00", 0, 1)]
    [InlineData("c0 0200 00", 0, 1, 2)]
    [InlineData("80 83 00", 0, 3)]
    [InlineData("81 80 80 00", 1, 1, 1)]
    [InlineData("84 20 03000000 00", 4, 3)]
    [InlineData("21 40000000 0100 80 00", 64, 65, 65)]
    [InlineData("c0 0100 bf 00", 0, 1, 64)]
    [InlineData("c0 0100 20 41000000 00", 0, 1, 65)]
    public void Block_numbers_have_these_bytes(string bytes, params int[] blocks)
    {
        bytes = bytes.Replace(" ", "");
        List<Step> file = [.. blocks.Select(block => new Step(block, []))];
        Assert.Equal(bytes, Convert.ToHexStringLower(TokenSamples.Write(CompressionKind.Zlibx, [file])));
        Assert.Equal(blocks, TokenSamples.ReadAll(CompressionKind.Zlibx, Convert.FromHexString(bytes), _ => []).Select(step => step.Block));
    }

    [Fact]
    public void A_run_has_at_most_65536_blocks()
    {
        List<Step> file = [.. Enumerable.Range(0, 65537).Select(block => new Step(block, []))];
        Assert.Equal("c0ffff" + "81" + "00", Convert.ToHexStringLower(TokenSamples.Write(CompressionKind.Lz4, [file])));
    }

    // What rsync 3.5.0 sent for: block 0, bytes 100..400 of the basis, 8 x INSERTED, block 0, block 1, 200 zeros and bytes 650..800.
    [Theory]
    [InlineData(nameof(CompressionKind.Zlib), "8040121a4d57c4a72b4fbf60d7a010571772690000c0010040096218266070e65a000000")]
    [InlineData(
        nameof(CompressionKind.Zlibx),
        "80414a6a115815c471665e5d4e4651d786276a65571c7639dda8d17bb767465355c3946dcf540a4e19add0d917c773625256808b5b58c9825b4a1577fccec5fc"
        + "5814a5f0e5dab123175e0979f4dcb35ba3b1c9ebc392343311865f4c123679ebfe441cb23a10f26d598a01d7a7176ffec9f9745cd29ac0d226b62541ead18e39"
        + "7d7d73763c924ad822d6c63241eb52878fdcbf372f3e7119a42cfb1672c0ea50c49f757936124cbfe48d435b0ff3675e743f1dfb7775ba21e7fbc74fbf0adb57"
        + "1e14af7e9bfb7bbae3cffd934b5393f33b373ed7aebdeb7d3cf065bf33ebd5cdf3672edc7e9bd777f6f7c49bf19fa7ba329f5f39b1bd7beeded7ea8527f517ab"
        + "6e0dfebfb331dc5a57d73abc71e7ffe0adaa8bf54f16aabfde3bb7bb7de2caf3ccae533fc7df4cfc3edb97f7f6f68533e76fbecaeadcff32f0b8f7dd5aede71b"
        + "3b3dfd825d83425c5dc8a50100c0010040a2621826e0cf1c2fb60b2bfa9a5aa66cba2791b04daa876796d983197146222c4c7c1a016da7646a5ea57de8d07bb4"
        + "a424c8cec221ac6acd1bab690c15ff26993c5994e761a0a66513d3754c20e39cd391904ff32214bedd3a73e6d6378588799f428e389dcb1038d61563a3a566e0"
        + "91b7e889c9a47f150cd3acdeaca90a73b0882d9c7c98d177397f2be76ceb974bf3dd7515958d036bb7ff0fdda9bddaf26abd390000")]
    [InlineData(
        nameof(CompressionKind.Zstd),
        "80414528b52ffd0058e4090044138410aa5208cc9e7e6c68728ab0e42676d440ba42d87c2eeebc98827a8094b6e62470ca32a82cbe5e0cc8926a5044465674a0"
        + "da2278dc4ece5cf8a25a20f4d6c6c4d0ea12488cde3eac28b24af0a466361400fa02183c6eaefc58c23ac054f6a664300af2e8ecfe1e4c88d22a90048616b460"
        + "1ae2b89c8e8e9cb8e21a60b4168604902ad2884c1efeece8f20a3064a6f654c03ac258fcae6e3c1802fa1f335585c30f69d147cb5dfdab673109efe3e5f5133f"
        + "79c1177bed6dfb9741f9bf937565636f89b1e72b7ddd4bc751e98f4305d5b39f99a1b7db0d4d9bf761d95ff3954503cfa991878b9dbdeb2771c92fa325b553ff"
        + "b981573b2d2d3b5781b9ff53b525a32fc97127ebbd9d8b8791a9cf034595f35fd961f79b4d0ddbb7a1999fb3d505438fe951c74bdd7d2be7b189494e53455254"
        + "4544010034dd59a6c0010040a2fc0400740900fc9c4a06d0a88e828494b2de1860b61a8c0c9a36e0985e321404020e285086ca1c7cea66f0882ee2a474523e38"
        + "40567aacec3a960078fe9234e4a26e4830262a3c5c8ac61068ce42c454f29e5820f6daccccdaf620589ef254c442ce6810c68a5c3c2a2630486ea2e43492fe78"
        + "00963aecac7a5640385d7193c3014da70f85099b3be9a56f472d212333517db7ff55b92bab39d57f3701004428270400")]
    [InlineData(
        nameof(CompressionKind.Lz4),
        "804150ffff368410aa5208cc9e7e6c68728ab0e42676d440ba42d87c2eeebc98827a8094b6e62470ca32a82cbe5e0cc8926a5044465674a0da2278dc4ece5cf8"
        + "a25a20f4d6c6c4d0ea12488cde3eac28b24af0a466361400fa02183c6eaefc58c23ac054f6a664300af2e8ecfe1e4c88d22a90048616b4601ae2b89c8e8e9cb8"
        + "e21a60b4168604902ad2884c1efeece8f20a3064a6f654c03ac258fcae6e3c1802fa1f335585c30f69d147cb5dfdab673109efe3e5f5133f79c1177bed6dfb97"
        + "41f9bf937565636f89b1e72b7ddd4bc751e98f4305d5b39f99a1b7db0d4d9bf761d95ff3954503cfa991878b9dbdeb2771c92fa325b553ffb981573b2d2d3b57"
        + "81b9ff53b525a32fc97127ebbd9d8b8791a9cf034595f35fd961f79b4d0ddbb7a1999fb3d505438fe951c74bdd7d2be7b189494e534552544544494e53455254"
        + "4544494e534552544544180010504552544544c00100409d1f000100b4f087fc9c4a06d0a88e828494b2de1860b61a8c0c9a36e0985e321404020e285086ca1c"
        + "7cea66f0882ee2a474523e3840567aacec3a960078fe9234e4a26e4830262a3c5c8ac61068ce42c454f29e5820f6daccccdaf620589ef254c442ce6810c68a5c"
        + "3c2a2630486ea2e43492fe7800963aecac7a5640385d7193c3014da70f85099b3be9a56f472d212333517db7ff55b92bab39d57f3700")]
    public void The_stream_of_stock_rsync_is_understood(string kindName, string stream)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var basis = BlockHashTests.StockData;
        byte[] inserted = [.. basis[100..400], .. Enumerable.Repeat("INSERTED"u8.ToArray(), 8).SelectMany(text => text)];
        byte[] end = [.. new byte[200], .. basis[650..800]];
        List<Step> file =
        [
            new(0, basis[..700]), new(Step.Literal, inserted), new(0, basis[..700]), new(1, basis[700..1400]), new(Step.Literal, end),
        ];
        Assert.Equal(TokenSamples.Text(file), TokenSamples.Text(TokenSamples.ReadAll(kind, Convert.FromHexString(stream), Basis)));

        byte[] Basis(int block) => basis.AsSpan(block * 700, 700).ToArray();
    }

    // What rsync 3.5.0 sent for block 0 of 128 KiB, 300 bytes of it, and block 1. Before protocol 31 the history of a block above 65535
    // bytes is its first 65535 bytes again and again, so there it is other bytes that can be found.
    [Theory]
    [InlineData(32, 131072 - 3000, "8040081a6db713df6e07008100")]
    [InlineData(30, 50000, "8040091addb04cfc866500008100")]
    public void Long_blocks_enter_the_zlib_history_as_in_stock_rsync(int protocol, int start, string stream)
    {
        var basis = new byte[131072 + 5000];
        for (uint i = 0, x = 12345; i < basis.Length; i++)
        {
            x = (x * 1103515245 + 12345) & 0x7fffffff;
            basis[i] = (byte)(x >> 16);
        }
        List<Step> file = [new(0, basis[..131072]), new(Step.Literal, basis[start..(start + 300)]), new(1, basis[131072..])];
        Assert.Equal(TokenSamples.Text(file), Read(Convert.FromHexString(stream)));
        var ours = TokenSamples.Write(CompressionKind.Zlib, [file], protocol);
        Assert.InRange(ours.Length, 1, stream.Length / 2 + 10);
        Assert.Equal(TokenSamples.Text(file), Read(ours));

        string Read(byte[] bytes) =>
            TokenSamples.Text(TokenSamples.ReadAll(CompressionKind.Zlib, bytes, block => file[2 * block].Data, protocol));
    }
}
