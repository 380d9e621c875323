namespace ChangedFiles.Engine.Rules.Substitutions;

/// <summary>What of an event can be put into an action: FILE is written <c>_FILE_</c>, as a variable <c>CHANGEDFILES_FILE</c>.</summary>
public enum Substitution
{
    /// <summary>The absolute path; for RENAME the new one.</summary>
    FILE,
    /// <summary>For RENAME the path before; otherwise as FILE.</summary>
    OLD_FILE,
    /// <summary>As FILE.</summary>
    NEW_FILE,
    /// <summary>The last component.</summary>
    BASENAME,
    /// <summary>The directory, without a slash at the end (but for the root).</summary>
    DIRNAME,
    /// <summary>The path below the literal beginning of the rule's regex.</summary>
    RELATIVE,
    OPERATION,
    /// <summary>UTC, <c>2001-11-27T12:34:56.789Z</c>.</summary>
    TIME,
    /// <summary>The process that did it; empty when unknown.</summary>
    PID,
    /// <summary>That process's program; empty when unknown.</summary>
    PROGRAM,
}

/// <summary>Substitutions inside text.</summary>
public static class SubstitutionText
{
    private static readonly (string Text, Substitution Value)[] Known =
        [.. Enum.GetValues<Substitution>().Select(s => (s.Spell(), s))];

    public static IReadOnlyList<Substitution> All { get; } = Enum.GetValues<Substitution>();

    /// <summary><c>_FILE_</c></summary>
    public static string Spell(this Substitution substitution) => $"_{substitution}_";

    /// <summary><c>CHANGEDFILES_FILE</c></summary>
    public static string Variable(this Substitution substitution) => $"CHANGEDFILES_{substitution}";

    /// <summary>Reads a substitution that begins exactly at <paramref name="at"/>; it needs nothing before it (otto_FILE_).</summary>
    public static bool TryRead(string text, int at, out Substitution substitution, out int length)
    {
        foreach (var (name, value) in Known)
        {
            if (string.CompareOrdinal(text, at, name, 0, name.Length) == 0)
            {
                (substitution, length) = (value, name.Length);
                return true;
            }
        }
        (substitution, length) = (default, 0);
        return false;
    }

    /// <summary>
    /// Words that look like a substitution and are none: <c>_FOO_</c> standing free, or a likely misspelling inside a word.
    /// </summary>
    internal static IEnumerable<(int Offset, string Word, string? Nearest)> FindUnknown(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '_')
                continue;
            if (TryRead(text, at, out _, out var length))
            {
                at += length - 1;
                continue;
            }
            var end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterUpper(text[end]) || text[end] == '_' && !StartsKnown(text, end)))
                end++;
            while (end > at && text[end - 1] != '_')
                end--;
            if (end - at < 4)
                continue;
            var word = text[at..end];
            var nearest = Parsing.Suggestion.Nearest(word, Known.Select(k => k.Text));
            var free = !IsWordCharacter(text, at - 1) && !IsWordCharacter(text, end);
            if (free || nearest is not null)
                yield return (at, word, nearest);
            at = end - 1;
        }
    }

    private static bool IsWordCharacter(string text, int at) => at >= 0 && at < text.Length && char.IsAsciiLetterOrDigit(text[at]);

    private static bool StartsKnown(string text, int at) => TryRead(text, at, out _, out _);
}
