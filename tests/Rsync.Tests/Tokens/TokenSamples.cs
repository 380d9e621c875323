using ChangedFiles.Rsync.Tests.Delta;
using ChangedFiles.Rsync.Tests.FileList;
using ChangedFiles.Rsync.Tokens;

namespace ChangedFiles.Rsync.Tests.Tokens;

/// <summary>Tokens written to a tape and read back from it.</summary>
internal static class TokenSamples
{
    public static readonly Xunit.TheoryData<string> All = [.. Enum.GetNames<CompressionKind>()];
    public static readonly Xunit.TheoryData<string> Compressed =
        [nameof(CompressionKind.Zlib), nameof(CompressionKind.Zlibx), nameof(CompressionKind.Lz4), nameof(CompressionKind.Zstd)];

    /// <summary>What the writer puts on the wire for these files.</summary>
    public static byte[] Write(CompressionKind kind, IEnumerable<List<Step>> files, int protocol = 32, int? level = null)
    {
        using var tape = new WireTape();
        using var tokens = TokenWriter.Create(kind, tape.Writer, kind.Level(level), protocol);
        foreach (var steps in files)
        {
            tokens.Begin();
            foreach (var step in steps)
            {
                if (step.Block >= 0)
                    tokens.Copy(step.Block, step.Data);
                else
                    tokens.Literal(step.Data);
            }
            tokens.Finish();
        }
        return tape.Bytes();
    }

    /// <summary>
    /// What the reader makes of one file: its steps, with the adjoining literals joined. The blocks come from <paramref name="block"/>.
    /// </summary>
    public static List<Step> Read(TokenReader tokens, Func<int, byte[]> block)
    {
        var steps = new List<Step>();
        while (true)
        {
            var token = tokens.Read();
            switch (token.Kind)
            {
                case TokenKind.End:
                    return Join(steps);
                case TokenKind.Literal:
                    steps.Add(new Step(Step.Literal, token.Data.ToArray()));
                    break;
                default:
                    var data = block(token.Block);
                    tokens.Copied(data);
                    steps.Add(new Step(token.Block, data));
                    break;
            }
        }
    }

    /// <summary>Reads one file from these bytes, and checks that nothing is left of them.</summary>
    public static List<Step> ReadAll(CompressionKind kind, ReadOnlySpan<byte> bytes, Func<int, byte[]> block, int protocol = 32)
    {
        using var tape = new WireTape(bytes);
        var reader = tape.Rewind();
        using var tokens = TokenReader.Create(kind, reader, protocol);
        var steps = Read(tokens, block);
        Xunit.Assert.Throws<RsyncException>(() => { reader.ReadByte(); });
        return steps;
    }

    public static List<Step> Join(List<Step> steps)
    {
        var joined = new List<Step>();
        foreach (var step in steps)
        {
            if (step.Block == Step.Literal && joined is [.., { Block: Step.Literal } last])
                joined[^1] = new Step(Step.Literal, [.. last.Data, .. step.Data]);
            else
                joined.Add(step);
        }
        return joined;
    }

    public static string Text(List<Step> steps) =>
        string.Join(' ', steps.Select(step => step.Block >= 0 ? $"{step.Block}" : Convert.ToHexStringLower(step.Data)));

    /// <summary>Steps with literals of all sizes and kinds, and blocks alone and in runs.</summary>
    public static List<Step> RandomFile(Random random, int steps, Func<int, byte[]> block)
    {
        var file = new List<Step>();
        for (var i = 0; i < steps; i++)
        {
            var number = random.Next(3) == 0 ? random.Next(1_000_000) : random.Next(100);
            switch (random.Next(4))
            {
                case 0:
                    file.Add(new Step(Step.Literal, random.Bytes(random.Next(1, random.Next(2) == 0 ? 50 : 70_000))));
                    break;
                case 1:
                    file.Add(new Step(Step.Literal, [.. Enumerable.Repeat(block(number), random.Next(1, 100)).SelectMany(data => data)]));
                    break;
                case 2:
                    file.Add(new Step(number, block(number)));
                    break;
                default:
                    var count = random.Next(1, random.Next(20) == 0 ? 70_000 : 20);
                    file.AddRange(Enumerable.Range(number, count).Select(n => new Step(n, block(n))));
                    break;
            }
        }
        return file;
    }
}
