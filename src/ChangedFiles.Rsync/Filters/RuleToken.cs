using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>How the text of rules is read, and what every rule in it begins with.</summary>
/// <param name="Modifiers">From the merge rule that names the file: defaults for its rules, and how its text is split.</param>
/// <param name="OldPrefixes">--exclude and --include: a bare pattern, or "+ ", "- " or "!" before it.</param>
/// <param name="Daemon">A daemon's own rules: a pattern with a slash is about the whole module, an excluded directory takes all below it along.</param>
internal readonly record struct RuleTemplate(FilterModifiers Modifiers, bool OldPrefixes = false, bool Daemon = false)
{
    public bool Has(FilterModifiers modifier) => (Modifiers & modifier) != 0;
}

/// <summary>What a rule does to the list.</summary>
internal enum RuleKind
{
    Pattern,
    Merge,
    DirMerge,
    Clear,
}

/// <summary>One rule as it is written: <c>op modifiers separator pattern</c> (docs/protocol.md 5.2). Borrows the text.</summary>
internal readonly ref struct RuleToken
{
    private static readonly (byte[] Name, char Short)[] LongNames =
    [
        ("exclude"u8.ToArray(), '-'), ("include"u8.ToArray(), '+'), ("merge"u8.ToArray(), '.'), ("dir-merge"u8.ToArray(), ':'),
        ("hide"u8.ToArray(), 'H'), ("show"u8.ToArray(), 'S'), ("protect"u8.ToArray(), 'P'), ("risk"u8.ToArray(), 'R'),
        ("clear"u8.ToArray(), '!'),
    ];

    /// <summary>What a rule takes over from the merge rule it was read through.</summary>
    private const FilterModifiers Inherited = FilterModifiers.AbsolutePath | FilterModifiers.Include | FilterModifiers.Perishable;

    private const FilterModifiers ForMergeOnly = FilterModifiers.ExcludeSelf | FilterModifiers.NoInherit | FilterModifiers.Words;

    public RuleKind Kind { get; private init; }

    public FilterModifiers Modifiers { get; private init; }

    public ReadOnlySpan<byte> Pattern { get; private init; }

    /// <summary>Takes the next rule off <paramref name="text"/>; false when nothing is left.</summary>
    /// <param name="text">One rule, or, for words, any number of them.</param>
    /// <param name="template">How to read it.</param>
    /// <param name="origin">File and line. Where it is given, errors name it and keep the file's contents to themselves (docs/protocol.md 11.6).</param>
    /// <param name="token">The rule.</param>
    /// <exception cref="FilterException">It is none.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> text, RuleTemplate template, string? origin, out RuleToken token)
    {
        token = default;
        if (template.Has(FilterModifiers.Words))
        {
            while (!text.IsEmpty && Bytes.IsSpace(text[0]))
                text = text[1..];
        }
        if (text.IsEmpty)
            return false;
        var rule = text;
        var patternsOnly = template.OldPrefixes || template.Has(FilterModifiers.NoPrefixes);
        var head = patternsOnly ? PatternHead(rule, template) : PrefixedHead(rule, template, origin);
        var pattern = rule[head.Length..];
        if (template.Has(FilterModifiers.Words))
            pattern = pattern[..EndOfWord(pattern)];
        text = text[(head.Length + pattern.Length)..];
        token = Finish(rule[..(head.Length + pattern.Length)], head, pattern, template, patternsOnly, origin);
        return true;
    }

    private static RuleToken Finish(ReadOnlySpan<byte> rule, Head head, ReadOnlySpan<byte> pattern, RuleTemplate template,
        bool patternsOnly, string? origin)
    {
        var modifiers = head.Modifiers;
        if (template.Has(FilterModifiers.Sides))
        {
            if ((modifiers & FilterModifiers.Sides) != 0)
                throw Error(rule, origin, "specified-side merge file contains specified-side filter");
            modifiers |= template.Modifiers & FilterModifiers.Sides;
        }
        var kind = head.Kind;
        if (kind == RuleKind.Clear && patternsOnly && pattern.Length > 1)
            kind = RuleKind.Pattern;
        if (kind == RuleKind.Clear && !patternsOnly && !pattern.IsEmpty)
            throw Error(rule, origin, "'!' rule has trailing characters");
        if (kind != RuleKind.Clear && pattern.IsEmpty && (modifiers & FilterModifiers.Cvs) == 0)
            throw Error(rule, origin, "unexpected end of filter rule");
        return new RuleToken { Kind = kind, Modifiers = modifiers, Pattern = pattern };
    }

    private readonly record struct Head(RuleKind Kind, FilterModifiers Modifiers, int Length);

    private static Head PatternHead(ReadOnlySpan<byte> rule, RuleTemplate template)
    {
        var modifiers = template.Modifiers & Inherited;
        // A '!' only clears when nothing follows, which is known when the word has been split off.
        if (rule[0] == '!' && (template.OldPrefixes || template.Has(FilterModifiers.Cvs)))
            return new Head(RuleKind.Clear, modifiers, 0);
        if (template.OldPrefixes && rule.Length > 1 && rule[0] is (byte)'-' or (byte)'+' && rule[1] == ' ')
        {
            modifiers = rule[0] == '+' ? modifiers | FilterModifiers.Include : modifiers & ~FilterModifiers.Include;
            return new Head(RuleKind.Pattern, modifiers, 2);
        }
        return new Head(RuleKind.Pattern, modifiers, 0);
    }

    private static Head PrefixedHead(ReadOnlySpan<byte> rule, RuleTemplate template, string? origin)
    {
        var op = TakeName(rule, out var at);
        var modifiers = template.Modifiers & Inherited & ~FilterModifiers.Include;
        var kind = RuleKind.Pattern;
        switch (op)
        {
            case '-': break;
            case '+': modifiers |= FilterModifiers.Include; break;
            case 'H': modifiers |= FilterModifiers.Sender; break;
            case 'S': modifiers |= FilterModifiers.Sender | FilterModifiers.Include; break;
            case 'P': modifiers |= FilterModifiers.Receiver; break;
            case 'R': modifiers |= FilterModifiers.Receiver | FilterModifiers.Include; break;
            case '.': kind = RuleKind.Merge; break;
            case ':': kind = RuleKind.DirMerge; break;
            case '!': return new Head(RuleKind.Clear, modifiers, at);
            default:
                throw Error(rule, origin, "Unknown filter rule");
        }
        var sideByName = op is 'H' or 'S' or 'P' or 'R';
        for (; at < rule.Length && rule[at] is not ((byte)' ' or (byte)'_'); at++)
        {
            if (template.Has(FilterModifiers.Words) && Bytes.IsSpace(rule[at]))
                break;
            var modifier = ModifierOf(rule[at]);
            if (modifier == FilterModifiers.None || !IsAllowed(rule[at], modifier, kind, modifiers, sideByName))
                throw Error(rule, origin, origin is null
                    ? $"invalid modifier '{TreePath.Printable(rule.Slice(at, 1))}' at position {at} in filter rule"
                    : "invalid modifier in filter rule");
            modifiers |= modifier;
        }
        return new Head(kind, modifiers, Math.Min(at + 1, rule.Length));
    }

    /// <summary>The rule's one-letter name, and where its modifiers begin.</summary>
    private static char TakeName(ReadOnlySpan<byte> rule, out int at)
    {
        foreach (var (name, letter) in LongNames)
        {
            if (!rule.StartsWith(name))
                continue;
            at = name.Length;
            if (at == rule.Length || rule[at] == '_' || Bytes.IsSpace(rule[at]))
                return letter;
            if (rule[at++] == ',')
                return letter;
        }
        at = rule.Length > 1 && rule[1] == ',' ? 2 : 1;
        return (char)rule[0];
    }

    private static FilterModifiers ModifierOf(byte letter) => letter switch
    {
        (byte)'/' => FilterModifiers.AbsolutePath,
        (byte)'!' => FilterModifiers.Negate,
        (byte)'C' => FilterModifiers.Cvs | FilterModifiers.NoPrefixes | FilterModifiers.Words | FilterModifiers.NoInherit,
        (byte)'n' => FilterModifiers.NoInherit,
        (byte)'w' => FilterModifiers.Words,
        (byte)'-' => FilterModifiers.NoPrefixes,
        (byte)'+' => FilterModifiers.NoPrefixes | FilterModifiers.Include,
        (byte)'e' => FilterModifiers.ExcludeSelf,
        (byte)'x' => FilterModifiers.Xattr,
        (byte)'s' => FilterModifiers.Sender,
        (byte)'r' => FilterModifiers.Receiver,
        (byte)'p' => FilterModifiers.Perishable,
        _ => FilterModifiers.None,
    };

    private static bool IsAllowed(byte letter, FilterModifiers modifier, RuleKind kind, FilterModifiers sofar, bool sideByName)
    {
        if ((modifier & FilterModifiers.NoPrefixes) != 0 && (sofar & FilterModifiers.NoPrefixes) != 0)
            return false;
        if (letter == 'C' || (modifier & FilterModifiers.Sides) != 0)
            return !sideByName;
        var mergeOnly = (modifier & (ForMergeOnly | FilterModifiers.NoPrefixes)) != 0;
        return kind == RuleKind.Pattern ? !mergeOnly : modifier != FilterModifiers.Negate;
    }

    private static int EndOfWord(ReadOnlySpan<byte> text)
    {
        var end = 0;
        while (end < text.Length && !Bytes.IsSpace(text[end]))
            end++;
        return end;
    }

    /// <summary>A rule as errors name it: what was read from a file may be a secret.</summary>
    public static string Shown(ReadOnlySpan<byte> rule, string? origin) => origin is null ? TreePath.Printable(rule) : $"<rule from {origin}>";

    private static FilterException Error(ReadOnlySpan<byte> rule, string? origin, string reason) => new($"{reason}: {Shown(rule, origin)}");
}
