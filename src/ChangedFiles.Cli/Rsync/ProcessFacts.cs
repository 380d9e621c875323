using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync;

/// <summary>What the runtime does not tell of this process: its arguments as bytes, its file mode creation mask.</summary>
internal static class ProcessFacts
{
    /// <summary>The last <paramref name="count"/> arguments without losing a byte; the runtime's own texts have lost what is not UTF-8.</summary>
    public static IReadOnlyList<string> Arguments(int count)
    {
        var line = File.ReadAllBytes("/proc/self/cmdline").AsSpan();
        var words = new List<string>();
        foreach (var range in line.TrimEnd((byte)0).Split((byte)0))
            words.Add(ArgumentText.Decode(line[range]));
        // Trimming takes away empty arguments at the end.
        var missing = line.Length > 0 ? line.Count((byte)0) - words.Count : 0;
        words.AddRange(Enumerable.Repeat("", Math.Max(0, missing)));
        return words[^count..];
    }
}
