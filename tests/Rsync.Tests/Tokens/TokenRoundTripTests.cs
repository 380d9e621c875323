using System.IO.Compression;
using ChangedFiles.Rsync.Tests.Delta;
using ChangedFiles.Rsync.Tests.FileList;
using ChangedFiles.Rsync.Tokens;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Tokens;

public sealed class TokenRoundTripTests
{
    private static byte[] Block(int number)
    {
        var random = new Random(number);
        return random.Bytes(random.Next(1, 60));
    }

    [Theory]
    [MemberData(nameof(TokenSamples.All), MemberType = typeof(TokenSamples))]
    public void What_is_written_for_several_files_is_read_again(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var random = Randoms.New();
        var files = Enumerable.Range(0, 6).Select(i => TokenSamples.RandomFile(random, i == 3 ? 0 : 15, Block)).ToList();
        using var tape = new WireTape(TokenSamples.Write(kind, files));
        using var tokens = TokenReader.Create(kind, tape.Rewind(), protocol: 32);
        foreach (var file in files)
            AssertSame(TokenSamples.Join(file), TokenSamples.Read(tokens, Block));
    }

    [Theory]
    [InlineData(nameof(CompressionKind.Zlib), 0)]
    [InlineData(nameof(CompressionKind.Zlibx), 1)]
    [InlineData(nameof(CompressionKind.Zlibx), 9)]
    [InlineData(nameof(CompressionKind.Zstd), -5)]
    [InlineData(nameof(CompressionKind.Zstd), 19)]
    public void Every_level_is_read_again(string kindName, int level)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var file = TokenSamples.RandomFile(Randoms.New(), 8, Block);
        AssertSame(TokenSamples.Join(file), TokenSamples.ReadAll(kind, TokenSamples.Write(kind, [file], level: level), Block));
    }

    // The tail of a sync must be told from data wherever it falls in a piece.
    [Theory]
    [MemberData(nameof(TokenSamples.Compressed), MemberType = typeof(TokenSamples))]
    public void Literals_that_fill_pieces_to_the_byte_are_read_again(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var noise = Randoms.New().Bytes(17_000);
        for (var length = 16_355; length < 16_400; length++)
        {
            List<Step> file = [new(Step.Literal, noise[..length]), new(5, Block(5)), new(Step.Literal, noise[length..]), new(7, Block(7))];
            AssertSame(file, TokenSamples.ReadAll(kind, TokenSamples.Write(kind, [file]), Block));
        }
    }

    // An independent inflater. With the zlib method each block follows as a stored block, so that the whole file comes out.
    [Theory]
    [InlineData(nameof(CompressionKind.Zlibx))]
    [InlineData(nameof(CompressionKind.Zlib))]
    public void Deflate_data_is_what_the_protocol_describes(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        var file = TokenSamples.RandomFile(Randoms.New(), 30, Block);
        var deflated = new MemoryStream();
        var wire = new BinaryReader(new MemoryStream(TokenSamples.Write(kind, [file])));
        var (previous, hadData) = (0, false);
        for (byte flag; (flag = wire.ReadByte()) != 0 || hadData;)
        {
            if ((flag & 0xC0) == 0x40)
            {
                deflated.Write(wire.ReadBytes((flag & 0x3F) << 8 | wire.ReadByte()));
                hadData = true;
                continue;
            }
            if (hadData)
                deflated.Write([0, 0, 0xFF, 0xFF]);
            hadData = false;
            if (flag == 0)
                break;
            var block = flag >= 0x80 ? previous + (flag & 0x3F) : wire.ReadInt32();
            var more = flag is 0x21 or >= 0xC0 ? wire.ReadUInt16() : 0;
            for (previous = block; more >= 0; more--, previous++)
                AddStored(previous);
            previous--;
        }
        deflated.Position = 0;
        var inflated = new MemoryStream();
        new DeflateStream(deflated, CompressionMode.Decompress).CopyTo(inflated);
        var expected = file.Where(step => kind == CompressionKind.Zlib || step.Block < 0).SelectMany(step => step.Data).ToArray();
        Assert.True(expected.AsSpan().SequenceEqual(inflated.ToArray()));

        void AddStored(int block)
        {
            var data = Block(block);
            if (kind == CompressionKind.Zlib)
                deflated.Write([0, (byte)data.Length, 0, (byte)~data.Length, 0xFF, .. data]);
        }
    }

    [Fact]
    public void One_zstd_frame_lasts_for_all_files()
    {
        List<Step> file = [new(Step.Literal, "zstd"u8.ToArray())];
        var bytes = Convert.ToHexStringLower(TokenSamples.Write(CompressionKind.Zstd, [file, file, file]));
        Assert.Equal(2, bytes.Split("28b52ffd").Length);
    }

    [Theory]
    [MemberData(nameof(TokenSamples.Compressed), MemberType = typeof(TokenSamples))]
    public void What_unpacks_to_much_comes_in_small_parts(string kindName)
    {
        var kind = Enum.Parse<CompressionKind>(kindName);
        List<Step> file = [new(Step.Literal, new byte[20_000_000])];
        using var tape = new WireTape(TokenSamples.Write(kind, [file]));
        using var tokens = TokenReader.Create(kind, tape.Rewind(), protocol: 32);
        var total = 0;
        while (true)
        {
            var token = tokens.Read();
            if (token.Kind == TokenKind.End)
                break;
            Assert.InRange(token.Data.Length, 1, 32 * 1024);
            total += token.Data.Length;
        }
        Assert.Equal(20_000_000, total);
    }

    private static void AssertSame(List<Step> expected, List<Step> actual)
    {
        Assert.Equal(expected.Select(step => step.Block), actual.Select(step => step.Block));
        foreach (var (wanted, got) in expected.Zip(actual))
            Assert.True(wanted.Data.AsSpan().SequenceEqual(got.Data));
    }
}
