using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// Reads .gitignore files as gitignore(5) describes them. Each becomes a per-directory list in which, as everywhere here, the
/// first match decides: so its lines are taken last to first.
/// </summary>
internal static class GitIgnoreFile
{
    /// <summary>The rule that merges a .gitignore in every directory. No peer knows it, so it is the sender's alone.</summary>
    public static FilterRule Rule { get; } = new(FilterModifiers.Sender, ".gitignore"u8, isDirMerge: true, origin: null, git: true);

    public static List<FilterRule> Parse(ReadOnlySpan<byte> contents, string name)
    {
        var rules = new List<FilterRule>();
        if (contents.StartsWith("\uFEFF"u8))
            contents = contents["\uFEFF"u8.Length..];
        for (var line = 1; !contents.IsEmpty; line++)
        {
            var end = contents.IndexOf((byte)'\n');
            var text = end < 0 ? contents : contents[..end];
            contents = end < 0 ? default : contents[(end + 1)..];
            if (end >= 0 && text.EndsWith("\r"u8))
                text = text[..^1];
            if (TryParseLine(text, $"{name} line {line}") is { } rule)
                rules.Add(rule);
        }
        rules.Reverse();
        return rules;
    }

    private static FilterRule? TryParseLine(ReadOnlySpan<byte> text, string origin)
    {
        if (text.StartsWith("#"u8))
            return null;
        text = TrimBlanks(text);
        var negated = text.StartsWith("!"u8);
        text = text[(negated ? 1 : 0)..];
        if (text.IsEmpty || text.SequenceEqual("/"u8) || text.Length > TreePath.MaxLength)
            return null;
        return new FilterRule(negated ? FilterModifiers.Include : FilterModifiers.None, WithRealStars(text), false, origin, git: true);
    }

    /// <summary>Cuts blanks off the end, up to one that a backslash keeps.</summary>
    private static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text)
    {
        var kept = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                kept = Math.Min(++i + 1, text.Length);
            else if (text[i] != ' ')
                kept = i + 1;
        }
        return text[..kept];
    }

    /// <summary>
    /// Two stars mean something only where a component may begin and end; elsewhere git takes them for one. It matches the text before
    /// the first wildcard by itself, so a component may also begin there.
    /// </summary>
    private static byte[] WithRealStars(ReadOnlySpan<byte> pattern)
    {
        var result = new List<byte>(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            result.Add(pattern[i]);
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                result.Add(pattern[++i]);
                continue;
            }
            if (pattern[i] != '*')
                continue;
            var first = i;
            while (i + 1 < pattern.Length && pattern[i + 1] == '*')
                i++;
            var begins = first == 0 || pattern[first - 1] == '/' || pattern[..first].IndexOfAny("*?[\\"u8) < 0;
            if (i == first || !begins)
                continue;
            var rest = pattern[(i + 1)..];
            if (rest.IsEmpty || rest[0] == '/')
                result.Add((byte)'*');
            else if (rest.StartsWith("\\/"u8))
            {
                // A slash that is escaped has to be there, so at least one component does too.
                result.AddRange("/**"u8);
                i++;
            }
        }
        return [.. result];
    }
}
