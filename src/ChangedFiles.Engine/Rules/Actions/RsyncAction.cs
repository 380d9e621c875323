using System.Buffers;
using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Rules.Actions;

/// <summary>How the runs of an rsync line for several names can become one session.</summary>
public enum RsyncGrouping
{
    /// <summary>Each name needs a session of its own.</summary>
    Each,
    /// <summary>Every name lands in the one fixed destination.</summary>
    Into,
    /// <summary>The destination ends in the name's whole path: below a fixed root everything keeps its place.</summary>
    Tree,
}

/// <summary>
/// A shell or EXEC line that is nothing but <c>rsync options source... destination</c> and so runs inside this process.
/// </summary>
/// <param name="Source">The action as it stands in the rule file.</param>
/// <param name="Options">The option words in their order.</param>
/// <param name="Sources">What is sent.</param>
/// <param name="Destination">Where to.</param>
public sealed record RsyncAction(string Source, IReadOnlyList<Template> Options, IReadOnlyList<Template> Sources, Template Destination)
    : RuleAction(Source)
{
    private static readonly SearchValues<char> ShortWithValue = SearchValues.Create("efBMT@");

    // Long options whose value may be the next word. A long option that is not here and has no '=' stands alone.
    private static readonly HashSet<string> LongWithValue =
    [
        "address", "backup-dir", "block-size", "bwlimit", "cc", "checksum-choice", "checksum-seed", "chmod", "chown", "compare-dest",
        "compress-choice", "compress-level", "contimeout", "copy-as", "copy-dest", "debug", "exclude", "exclude-from", "filter",
        "groupmap", "iconv", "include", "include-from", "info", "link-dest", "log-file", "log-file-format", "max-alloc", "max-delete",
        "max-size", "min-size", "modify-window", "out-format", "outbuf", "partial-dir", "password-file", "port", "protocol",
        "remote-option", "rsh", "rsync-path", "skip-compress", "sockopts", "stderr", "stop-after", "stop-at", "suffix", "temp-dir",
        "timeout", "time-limit", "usermap", "zc", "zl",
    ];

    // With these the line is not a transfer of the named files, or takes its names from elsewhere.
    private static readonly string[] NotPlain =
    [
        "--daemon", "--server", "--files-from", "--read-batch", "--write-batch", "--only-write-batch", "--list-only", "--help", "-h",
        "--version", "-V",
    ];

    public override string Manner => "rsync in-process";

    public RsyncGrouping Grouping { get; } = GroupingOf(Sources, Destination);

    /// <summary>What of the destination is the same for every name: for <see cref="RsyncGrouping.Into"/> all of it.</summary>
    public string FixedDestination => Destination.Parts is [{ Value: null } first, ..] ? first.Literal : "";

    /// <summary>The arguments that rsync itself would have got, without its name.</summary>
    public IReadOnlyList<byte[]> Arguments(EventValues values) =>
        [.. Options.Concat(Sources).Append(Destination).Select(word => word.ExpandArgument(values))];

    /// <summary>Takes a line's words when they are such a command; null when the line must be run as it is.</summary>
    internal static RsyncAction? Recognise(string source, ShellWords words)
    {
        if (words.Failure is not null || words.Words is not [{ Fixed: { } program }, ..] || program.Split('/')[^1] != "rsync")
            return null;
        List<Template> options = [], locations = [];
        var onlyLocations = false;
        for (var i = 1; i < words.Words.Count; i++)
        {
            var word = words.Words[i];
            var text = word.ToString();
            if (onlyLocations || !text.StartsWith('-') || text == "-")
                locations.Add(word);
            else if (text == "--")
                onlyLocations = true;
            else if (word.Fixed is null || NotPlain.Any(n => text == n || text.StartsWith(n + "=", StringComparison.Ordinal)))
                return null;
            else
            {
                options.Add(word);
                if (TakesNextWord(text) && ++i < words.Words.Count)
                    options.Add(words.Words[i]);
            }
        }
        return locations.Count >= 2 ? new RsyncAction(source, options, locations[..^1], locations[^1]) : null;
    }

    private static bool TakesNextWord(string option)
    {
        if (option.StartsWith("--", StringComparison.Ordinal))
            return LongWithValue.Contains(option[2..]);
        var at = option.AsSpan(1).IndexOfAny(ShortWithValue);
        return at >= 0 && at == option.Length - 2;
    }

    private static RsyncGrouping GroupingOf(IReadOnlyList<Template> sources, Template destination)
    {
        if (sources is not [{ Only: Substitution.FILE or Substitution.NEW_FILE }])
            return RsyncGrouping.Each;
        return destination.Parts switch
        {
            [{ Value: null }] when destination.Fixed!.EndsWith('/') => RsyncGrouping.Into,
            [{ Value: null }, { Value: Substitution.FILE or Substitution.NEW_FILE }] => RsyncGrouping.Tree,
            _ => RsyncGrouping.Each,
        };
    }
}
