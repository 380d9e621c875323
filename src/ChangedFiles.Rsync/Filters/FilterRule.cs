using System.Text;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Filters;

/// <summary>One rule of a filter list: include, exclude or a per-directory merge file. Immutable.</summary>
internal sealed class FilterRule
{
    /// <summary>A rule's text on the wire is 1..5119 bytes (docs/protocol.md 5.1).</summary>
    public const int MaxWireLength = 5119;

    private static readonly (FilterModifiers Modifier, char Letter)[] Letters =
    [
        (FilterModifiers.AbsolutePath, '/'), (FilterModifiers.Negate, '!'), (FilterModifiers.Cvs, 'C'),
        (FilterModifiers.NoInherit, 'n'), (FilterModifiers.Words, 'w'), (FilterModifiers.NoPrefixes, '-'),
        (FilterModifiers.ExcludeSelf, 'e'), (FilterModifiers.Xattr, 'x'), (FilterModifiers.Sender, 's'),
        (FilterModifiers.Receiver, 'r'), (FilterModifiers.Perishable, 'p'),
    ];

    private readonly byte[] _pattern;
    private readonly PatternMatch _match;

    internal FilterRule(FilterModifiers modifiers, ReadOnlySpan<byte> pattern, bool isDirMerge, string? origin, FilterRule[]? expansion = null,
        bool git = false)
    {
        if (!isDirMerge && pattern.Length > 1 && pattern[^1] == '/')
        {
            modifiers |= FilterModifiers.DirectoryOnly;
            pattern = pattern[..^1];
        }
        _pattern = pattern.ToArray();
        Modifiers = modifiers;
        IsDirMerge = isDirMerge;
        Origin = origin;
        Expansion = expansion;
        IsGit = git;
        _match = new PatternMatch(_pattern, git);
    }

    /// <summary>The letters, with what they imply (C implies n, w and -).</summary>
    public FilterModifiers Modifiers { get; }

    /// <summary>True for a per-directory merge file; the pattern is then its name.</summary>
    public bool IsDirMerge { get; }

    /// <summary>True when a match includes, false when it excludes.</summary>
    public bool IsInclude => !IsDirMerge && Has(FilterModifiers.Include);

    /// <summary>The pattern as written, without a trailing slash.</summary>
    public ReadOnlySpan<byte> Pattern => _pattern;

    /// <summary>The file and line the rule was read from; null for the command line and the wire.</summary>
    public string? Origin { get; }

    /// <summary>The last component of the pattern: a merge file's name in each directory.</summary>
    public ReadOnlySpan<byte> LastName => Pattern[(Pattern.LastIndexOf((byte)'/') + 1)..];

    /// <summary>The CVS rules that a "-C" stands for; null for every other rule.</summary>
    internal FilterRule[]? Expansion { get; }

    /// <summary>By git's rules: a .gitignore file, or a rule out of one.</summary>
    internal bool IsGit { get; }

    /// <summary>True when nothing in the pattern is a wildcard.</summary>
    internal bool IsLiteral => !_match.IsWild;

    internal bool Has(FilterModifiers modifier) => (Modifiers & modifier) != 0;

    /// <summary>
    /// True when the rule is <paramref name="side"/>'s business. With --delete-excluded a rule without a side is the sender's
    /// alone, except a merge file whose lines can name their own side.
    /// </summary>
    public bool AppliesTo(FilterSide side, bool deleteExcluded = false)
    {
        var sides = Modifiers & FilterModifiers.Sides;
        if (sides == 0 && deleteExcluded && (!IsDirMerge || Has(FilterModifiers.NoPrefixes)))
            sides = FilterModifiers.Sender;
        return sides is 0 or FilterModifiers.Sides || sides == (side == FilterSide.Sender ? FilterModifiers.Sender : FilterModifiers.Receiver);
    }

    /// <summary>Whether an include or exclude takes effect for a name. <paramref name="anchor"/>: where in the full name a leading '/' stands.</summary>
    internal bool Matches(in FilterName name, int anchor)
    {
        if (Has(FilterModifiers.DirectoryOnly) && !name.IsDirectory)
            return Has(FilterModifiers.Negate);
        return _match.IsMatch(name, Has(FilterModifiers.AbsolutePath) ? FilterName.Absolute : anchor) != Has(FilterModifiers.Negate);
    }

    /// <summary>The pattern as rsync shows it; what stands in files it keeps to itself (docs/protocol.md 11.6).</summary>
    /// <param name="global">The rules that hold everywhere.</param>
    internal string Describe(IReadOnlyList<FilterRule> global)
    {
        var pattern = Origin is null ? ArgumentText.Decode(_pattern) + (Has(FilterModifiers.DirectoryOnly) ? "/" : "") : "<rule from a file read earlier>";
        if (global.Contains(this))
            return pattern;
        return pattern + (Origin is null ? " [global CVS]" : $" [per-dir {Path.GetFileName(Origin.Split(" line ")[0])}]");
    }

    /// <summary>The rule as a filter list carries it: <c>-/p /a/b/</c>.</summary>
    public byte[] ToBytes()
    {
        var text = new List<byte>(_pattern.Length + 8) { (byte)(IsDirMerge ? ':' : Has(FilterModifiers.Include) ? '+' : '-') };
        foreach (var (modifier, letter) in Letters)
        {
            // C says n, w and - by itself.
            var implied = letter is 'n' or 'w' or '-' && Has(FilterModifiers.Cvs);
            if (Has(modifier) && !implied)
                text.Add((byte)(modifier == FilterModifiers.NoPrefixes && Has(FilterModifiers.Include) ? '+' : letter));
        }
        text.Add((byte)' ');
        text.AddRange(_pattern);
        if (Has(FilterModifiers.DirectoryOnly))
            text.Add((byte)'/');
        return [.. text];
    }

    /// <summary>The rule's text and, when it came from a file, where it stands.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(TreePath.Printable(ToBytes()));
        if (Origin is not null)
            text.Append(" (").Append(Origin).Append(')');
        return text.ToString();
    }
}
