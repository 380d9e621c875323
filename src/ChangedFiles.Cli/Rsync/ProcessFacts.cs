using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync;

/// <summary>What the runtime does not tell of this process: its arguments as bytes, its file mode creation mask.</summary>
internal static class ProcessFacts
{
    /// <summary>The last <paramref name="count"/> arguments without losing a byte; the runtime's own texts have lost what is not UTF-8.</summary>
    public static IReadOnlyList<string> Arguments(int count)
    {
        ReadOnlySpan<byte> line = File.ReadAllBytes("/proc/self/cmdline");
        var words = new List<string>();
        for (var end = line.IndexOf((byte)0); end >= 0; end = line.IndexOf((byte)0))
        {
            words.Add(ArgumentText.Decode(line[..end]));
            line = line[(end + 1)..];
        }
        return words[^count..];
    }
}
