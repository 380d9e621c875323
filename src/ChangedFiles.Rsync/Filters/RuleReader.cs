using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>Gives the contents of a merge file that a rule names, or throws <see cref="FilterException"/>.</summary>
internal delegate byte[] MergeFileOpener(ReadOnlySpan<byte> name);

/// <summary>Turns the text of rules into a list: takes in merge files, clears, and leaves out what is already there.</summary>
internal sealed class RuleReader(MergeFileOpener open, Func<FilterModifiers, FilterRule[]> cvsRules, bool nulDelimited)
{
    /// <summary>How deep merge files may name merge files.</summary>
    public const int MaxMergeDepth = 16;

    private readonly List<FilterRule> _rules = [];
    private int _depth;

    /// <summary>The rules so far, in order.</summary>
    public IReadOnlyList<FilterRule> Rules => _rules;

    /// <summary>True when a '!' was read: what a per-directory file would inherit is gone too.</summary>
    public bool Cleared { get; private set; }

    /// <summary>Names of per-directory merge files already in use elsewhere; a second mention is left out.</summary>
    public required Func<ReadOnlyMemory<byte>, bool> IsMergedAlready { get; init; }

    /// <summary>One rule (or, for words, several) from an option or from the peer.</summary>
    public void AddText(ReadOnlySpan<byte> text, RuleTemplate template, string? origin = null)
    {
        while (RuleToken.TryTake(ref text, template, origin, out var token))
            Add(token, template, origin);
    }

    /// <summary>The contents of a file of rules. Lines that begin with '#' or ';' are comments, except among words.</summary>
    public void AddFile(ReadOnlySpan<byte> contents, RuleTemplate template, string name)
    {
        var words = template.Has(FilterModifiers.Words);
        for (var line = 1; !contents.IsEmpty; line++)
        {
            var end = nulDelimited && !words ? contents.IndexOf((byte)0) : contents.IndexOf((byte)'\n');
            var text = end < 0 ? contents : contents[..end];
            contents = end < 0 ? default : contents[(end + 1)..];
            var origin = $"{name} line {line}";
            if (words)
                AddWords(text, template, origin);
            else if (nulDelimited)
                AddLine(text, template, origin);
            else
                foreach (var part in text.Split((byte)'\r'))
                    AddLine(text[part], template, origin);
        }
    }

    private void AddLine(ReadOnlySpan<byte> text, RuleTemplate template, string origin)
    {
        if (!text.IsEmpty && text[0] is not ((byte)'#' or (byte)';'))
            AddText(text, template, origin);
    }

    /// <summary>In a file a word is a rule by itself, so that "-_foo" works where "- foo" cannot.</summary>
    private void AddWords(ReadOnlySpan<byte> text, RuleTemplate template, string origin)
    {
        foreach (var range in text.SplitAny(" \t\v\f\r"u8))
        {
            if (!text[range].IsEmpty)
                AddText(text[range], template, origin);
        }
    }

    private void Add(RuleToken token, RuleTemplate template, string? origin)
    {
        if (token.Kind == RuleKind.Clear)
        {
            _rules.Clear();
            Cleared = true;
        }
        else if (token.Kind == RuleKind.Pattern)
        {
            AddPattern(token, template, origin);
        }
        else
        {
            AddMerge(token, origin);
        }
    }

    private void AddPattern(RuleToken token, RuleTemplate template, string? origin)
    {
        var modifiers = token.Modifiers;
        if ((modifiers & FilterModifiers.Cvs) != 0)
        {
            _rules.Add(new FilterRule(modifiers, default, false, origin, cvsRules(modifiers)));
            return;
        }
        var pattern = token.Pattern;
        if (template.Daemon)
        {
            var isDirectory = pattern.Length > 1 && pattern[^1] == '/';
            if (pattern[..(isDirectory ? ^1 : ^0)].Contains((byte)'/'))
                modifiers |= FilterModifiers.AbsolutePath;
            // Without a walk nothing below an excluded directory is met through its parent, so the rule must say it all.
            if (isDirectory && (modifiers & FilterModifiers.Include) == 0)
                pattern = (byte[])[.. pattern, .. "***"u8];
        }
        _rules.Add(new FilterRule(modifiers, pattern, false, origin));
    }

    private void AddMerge(RuleToken token, string? origin)
    {
        var name = token.Pattern.IsEmpty ? ".cvsignore"u8 : token.Pattern;
        var lastName = name[(name.LastIndexOf((byte)'/') + 1)..];
        if ((token.Modifiers & FilterModifiers.ExcludeSelf) != 0)
            _rules.Add(new FilterRule(FilterModifiers.None, lastName, false, origin));
        var modifiers = token.Modifiers & ~FilterModifiers.ExcludeSelf;
        if (token.Kind == RuleKind.DirMerge)
        {
            if (!TreePath.TryParse(lastName, out var file) || file.IsRoot)
                throw new FilterException($"per-directory merge file \"{TreePath.Printable(name)}\": that is no name of a file");
            var wanted = lastName.ToArray();
            if (!IsMergedAlready(wanted) && !_rules.Exists(rule => rule.IsDirMerge && rule.LastName.SequenceEqual(wanted)))
                _rules.Add(new FilterRule(modifiers, name, true, origin));
            return;
        }
        if (++_depth > MaxMergeDepth)
            throw new FilterException($"merge file {TreePath.Printable(name)}: merge files name each other {MaxMergeDepth} deep; one must stop");
        AddFile(open(name), new RuleTemplate(modifiers), TreePath.Printable(name));
        _depth--;
    }
}
