using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync;

/// <summary>What the runtime does not tell of this process: its arguments as bytes.</summary>
internal static class ProcessFacts
{
    /// <summary>The arguments without losing a byte, as <see cref="ArgumentText"/>.</summary>
    /// <param name="words">The last arguments of the process, as the runtime gave them: what is no UTF-8 became U+FFFD.</param>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> words) =>
        words.Any(word => word.Contains('\uFFFD')) ? Read()[^words.Count..] : words;

    private static List<string> Read()
    {
        ReadOnlySpan<byte> line = File.ReadAllBytes("/proc/self/cmdline");
        var words = new List<string>();
        for (var end = line.IndexOf((byte)0); end >= 0; end = line.IndexOf((byte)0))
        {
            words.Add(ArgumentText.Decode(line[..end]));
            line = line[(end + 1)..];
        }
        return words;
    }
}
