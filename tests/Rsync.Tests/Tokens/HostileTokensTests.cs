using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Tests.Delta;
using ChangedFiles.Rsync.Tests.FileList;
using ChangedFiles.Rsync.Tokens;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Tokens;

public sealed class HostileTokensTests
{
    [Theory]
    [InlineData("01")] // unknown flags
    [InlineData("1f")]
    [InlineData("22")]
    [InlineData("3f")]
    [InlineData("20ffffffff")] // negative
    [InlineData("2000000080")]
    [InlineData("20ffffff7f")] // beyond 2^31 - 2
    [InlineData("21feffff7f0100")]
    [InlineData("20feffff7f81")] // the last possible number, and one more (CVE-2026-43618)
    [InlineData("20feffff7fc00100")]
    [InlineData("21000000000000")] // runs of nothing
    [InlineData("c10000")]
    [InlineData("4000")] // an empty piece of data
    [InlineData("21000000")] // cut off
    public void Flags_and_numbers_out_of_bounds_end_the_session(string bytes)
    {
        foreach (var kind in (CompressionKind[])[CompressionKind.Zlib, CompressionKind.Zlibx, CompressionKind.Lz4, CompressionKind.Zstd])
            Assert.Equal(ExitCode.ProtocolStream, ReadToEnd(kind, Convert.FromHexString(bytes)));
    }

    [Theory]
    [InlineData("00000080", true)]
    [InlineData("0100008000000000", false)]
    public void Also_uncompressed_a_block_has_a_highest_number(string bytes, bool ends) =>
        Assert.Equal(ends ? ExitCode.ProtocolStream : null, ReadToEnd(CompressionKind.None, Convert.FromHexString(bytes)));

    [Theory]
    [MemberData(nameof(TokenSamples.All), MemberType = typeof(TokenSamples))]
    public void A_stream_that_is_cut_off_anywhere_ends_the_session(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var bytes = TokenSamples.Write(kind, [SomeFile()]);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ExitCode.ProtocolStream, ReadToEnd(kind, bytes.AsSpan(0, length)));
        Assert.Null(ReadToEnd(kind, bytes));
    }

    [Theory]
    [MemberData(nameof(TokenSamples.All), MemberType = typeof(TokenSamples))]
    public void A_damaged_stream_gives_tokens_or_ends_the_session_and_nothing_else(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var random = Randoms.New();
        var bytes = TokenSamples.Write(kind, [SomeFile()]);
        for (var round = 0; round < 300; round++)
        {
            var damaged = bytes.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            ReadToEnd(kind, damaged);
        }
    }

    [Theory]
    [InlineData(nameof(CompressionKind.Zlib))]
    [InlineData(nameof(CompressionKind.Zlibx))]
    [InlineData(nameof(CompressionKind.Zstd))]
    [InlineData(nameof(CompressionKind.Lz4))]
    public void Noise_is_not_taken_for_compressed_data(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        byte[] bytes = [0x40, 0x08, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF9, 0xF8, 0x00];
        Assert.Equal(ExitCode.ProtocolStream, ReadToEnd(kind, bytes));
    }

    private static List<Step> SomeFile()
    {
        var random = new Random(1);
        return
        [
            new(Step.Literal, [.. random.Bytes(100), .. new byte[100]]), new(3, [1, 2, 3]), new(4, [4, 5]), new(400, [9]),
            new(Step.Literal, random.Bytes(30)), new(4, [7]), new(Step.Literal, random.Bytes(10)),
        ];
    }

    // The exit code that the reader ended the session with, or null if it came to an end of the file.
    private static ExitCode? ReadToEnd(CompressionKind kind, ReadOnlySpan<byte> bytes)
    {
        using var tape = new WireTape(bytes);
        using var tokens = TokenReader.Create(kind, tape.Rewind(), protocol: 32);
        try
        {
            while (true)
            {
                var token = tokens.Read();
                if (token.Kind == TokenKind.End)
                    return null;
                Assert.InRange(token.Block, 0, int.MaxValue - 1);
                if (token.Kind == TokenKind.Copy)
                    tokens.Copied([1, 2, 3]);
            }
        }
        catch (RsyncException end)
        {
            return end.ExitCode;
        }
    }
}
