using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Delta;

public sealed class DeltaSearchTests : IDisposable
{
    private readonly BlockHash _hash = new(Checksum.Available[0], 42, seedFix: true);

    public void Dispose() => _hash.Dispose();

    // The update of docs/protocol.md 12.2: 8 bytes inserted at 700, the tail after 1950 replaced.
    [Fact]
    public void The_documented_example()
    {
        var basis = Randoms.New().Bytes(2000);
        byte[] source = [.. basis[..700], .. "INSERTED"u8, .. basis[700..1950], .. new byte[12]];
        Assert.Equal("0 -8 1 -562", Search(basis, source).Text);
    }

    [Fact]
    public void An_unchanged_file_is_all_blocks_in_order()
    {
        var basis = Randoms.New().Bytes(1_000_000);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 1000)), Search(basis, basis).Text);
    }

    [Theory]
    [InlineData("", "abc", "-3")]
    [InlineData("abc", "", "")]
    [InlineData("abc", "abc", "0")]
    [InlineData("abc", "xabc", "-1 0")]
    [InlineData("abc", "abcx", "-4")] // a short last block matches at the end only
    [InlineData("abcd", "abcd", "0")]
    [InlineData("abcdefghij", "abcdefghij", "0 1 2")]
    [InlineData("abcdefghij", "efghabcdij", "1 0 2")]
    [InlineData("abcdefghij", "Xij", "-1 2")]
    [InlineData("abcdefghij", "abcdXij", "0 -1 2")]
    [InlineData("abcdefghij", "ijabcd", "-2 0")]
    [InlineData("abcdabcd", "abcdabcdabcd", "0 1 0")]
    [InlineData("aaaaaaaaaa", "aaaaaaaaaaa", "0 1 -1 2")]
    [InlineData("aaaaaaaaaa", "aaaaaaaaaaaaaa", "0 1 0 2")]
    public void Small_cases_with_blocks_of_4(string basis, string source, string steps) =>
        Assert.Equal(steps, Search(Ascii(basis), Ascii(source), block: 4).Text);

    [Theory]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(9000)]
    public void Random_edits_give_the_steps_of_the_plain_algorithm(int block)
    {
        var random = Randoms.New();
        for (var round = 0; round < 10; round++)
        {
            var basis = random.Bytes(random.Next(1, 40_000));
            var source = random.Edit(basis, random.Next(8));
            Assert.Equal(PlainSearch(basis, source, block), Search(basis, source, block, atMost: random.Next(1, 50_000)).Text);
        }
    }

    [Fact]
    public void Poor_data_with_many_equal_blocks_and_sums_comes_out_whole()
    {
        var random = Randoms.New();
        for (var round = 0; round < 50; round++)
        {
            var basis = Enumerable.Range(0, random.Next(1, 3000)).Select(_ => (byte)random.Next(2)).ToArray();
            var source = random.Edit(basis, 3);
            Search(basis, source, block: random.Next(1, 12));
        }
    }

    [Fact]
    public void A_literal_longer_than_any_buffer_is_passed_on_in_parts()
    {
        var random = Randoms.New();
        var basis = random.Bytes(100_000);
        byte[] source = [.. basis[..50_000], .. random.Bytes(3_000_000), .. basis[50_000..]];
        var sink = Search(basis, source, block: 1000);
        Assert.Equal(3_000_000, sink.LiteralBytes);
        Assert.InRange(sink.Steps.Max(step => step.Data.Length), 1000, 512 * 1024);
    }

    [Fact]
    public void A_run_of_equal_blocks_becomes_a_run_of_block_numbers()
    {
        var basis = new byte[4000];
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", Search(basis, basis, block: 400).Text);
    }

    [Fact]
    public void More_equal_weak_sums_than_are_tried_do_not_hide_the_next_block()
    {
        // +x, -2x, +x in a row cancel out in both halves of the weak sum.
        var blocks = Enumerable.Range(0, 50 * 50).Select(i => Cancelling(i % 50).Concat(Cancelling(i / 50)).ToArray()).ToArray();
        Assert.Single(blocks.Select(block => WeakSum.Of(block)).Distinct());
        byte[] basis = [.. blocks.SelectMany(block => block)];
        Assert.Equal(string.Join(' ', Enumerable.Range(0, blocks.Length)), Search(basis, basis, block: 6).Text);
        byte[] shifted = [1, .. basis];
        Search(basis, shifted, block: 6);

        static byte[] Cancelling(int x) => [(byte)x, (byte)(-2 * x), (byte)x];
    }

    [Fact]
    public void In_place_no_block_is_taken_from_what_is_already_overwritten()
    {
        var random = Randoms.New();
        for (var round = 0; round < 60; round++)
        {
            var basis = random.Bytes(random.Next(1, 60_000));
            if (round % 3 == 0)
                basis.AsSpan(basis.Length / 2).Fill(7);
            var source = random.Edit(basis, random.Next(6));
            var sink = Search(basis, source, block: 300, inPlace: true);
            var file = new byte[Math.Max(basis.Length, source.Length)];
            basis.CopyTo(file, 0);
            var at = 0;
            foreach (var step in sink.Steps)
            {
                if (step.Block >= 0)
                    Assert.Equal(step.Data, file.AsSpan(step.Block * 300, step.Data.Length));
                step.Data.CopyTo(file, at);
                at += step.Data.Length;
            }
        }
    }

    [Fact]
    public void In_place_a_removed_head_moves_everything_and_an_inserted_one_nothing()
    {
        var basis = Randoms.New().Bytes(4000);
        Assert.Equal("1 2 3", Search(basis, basis[1000..], block: 1000, inPlace: true).Text);
        Assert.Equal("-4001", Search(basis, [1, .. basis], block: 1000, inPlace: true).Text);
        Assert.Equal("0 1 2 3 0", Search(basis, [.. basis, .. basis[..1000]], block: 1000, inPlace: true).Text);
    }

    [Fact]
    public void A_source_that_ends_early_is_sent_as_far_as_it_goes()
    {
        var basis = Randoms.New().Bytes(10_000);
        var sink = new RecordingSink(default);
        using var digest = StrongHash.Create(ChecksumKind.Md5);
        DeltaSearch.SendWhole(DeltaSamples.Reader(basis), 1000, 20_000, digest, sink);
        Assert.Equal("-9000", sink.Text);
        sink = new RecordingSink(SumHead.ForBasis(10_000, 0, 16, true));
        DeltaSearch.Run(DeltaSamples.Sums(basis, _hash), _hash, false, DeltaSamples.Reader(basis[..9000]), 20_000, digest, sink);
        Assert.Equal("0 1 2 3 4 5 6 7 8 9 10 11 -600", sink.Text);
    }

    [Fact]
    public void A_source_that_grows_is_sent_up_to_the_length_asked_for()
    {
        var basis = Randoms.New().Bytes(10_000);
        var sink = new RecordingSink(SumHead.ForBasis(10_000, 0, 16, true));
        using var digest = StrongHash.Create(ChecksumKind.Md5);
        DeltaSearch.Run(DeltaSamples.Sums(basis, _hash), _hash, false, DeltaSamples.Reader(basis), 1500, digest, sink);
        Assert.Equal("0 1 -100", sink.Text);
    }

    // Searches, and checks that the steps make the source, that copies are what the basis has, and the digest.
    private RecordingSink Search(byte[] basis, byte[] source, int block = 0, bool inPlace = false, int atMost = int.MaxValue)
    {
        var sums = DeltaSamples.Sums(basis, _hash, block);
        var sink = DeltaSamples.Search(source, sums, _hash, inPlace, atMost);
        Assert.True(source.AsSpan().SequenceEqual(sink.Steps.SelectMany(step => step.Data).ToArray()));
        foreach (var step in sink.Steps.Where(step => step.Block >= 0))
            Assert.Equal(step.Data, basis.AsSpan((int)sums.Head.OffsetOf(step.Block), step.Data.Length));
        Assert.Equal(Randoms.Md5(source), sink.Digest);
        return sink;
    }

    // The algorithm of the protocol without any of its sums: compare the bytes at every offset.
    private static string PlainSearch(byte[] basis, byte[] source, int block)
    {
        var head = SumHead.ForBasis(basis.Length, block, 16, redo: true);
        var sink = new RecordingSink(head);
        var (at, literal) = (0, 0);
        while (at < source.Length)
        {
            var match = Enumerable.Range(0, head.Count).FirstOrDefault(i => Is(i), -1);
            if (match < 0)
            {
                at++;
                continue;
            }
            if (at > literal)
                sink.Literal(source.AsSpan(literal, at - literal));
            sink.Copy(match, source.AsSpan(at, head.LengthOf(match)));
            literal = at += head.LengthOf(match);
        }
        if (at > literal)
            sink.Literal(source.AsSpan(literal));
        return sink.Text;

        bool Is(int i) =>
            head.LengthOf(i) == Math.Min(block, source.Length - at)
            && source.AsSpan(at).StartsWith(basis.AsSpan((int)head.OffsetOf(i), head.LengthOf(i)));
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
