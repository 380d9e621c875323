using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Filters;

/// <summary>Gives the contents of a merge file that a rule names, or throws <see cref="FilterException"/>.</summary>
/// <param name="name">As written.</param>
/// <param name="origin">Where the rule was read; then no error may tell the name.</param>
internal delegate byte[] MergeFileOpener(ReadOnlySpan<byte> name, string? origin);

/// <summary>Turns the text of rules into a list: takes in merge files, clears, and leaves out what is already there.</summary>
internal sealed class RuleReader(MergeFileOpener open, Func<FilterModifiers, FilterRule[]> cvsRules)
{
    /// <summary>How deep merge files may name merge files.</summary>
    public const int MaxMergeDepth = 32;

    private readonly List<FilterRule> _rules = [];
    private int _depth;

    /// <summary>The rules so far, in order.</summary>
    public IReadOnlyList<FilterRule> Rules => _rules;

    /// <summary>True when a '!' was read: what a per-directory file would inherit is gone too.</summary>
    public bool Cleared { get; private set; }

    /// <summary>Names of per-directory merge files already in use elsewhere; a second mention is left out.</summary>
    public required Func<ReadOnlyMemory<byte>, bool> IsMergedAlready { get; init; }

    /// <summary>--from0: the lines of files end with NUL.</summary>
    public bool NulDelimited { get; set; }

    /// <summary>Hears what is left out because no path can be so long.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Hears of rules that end in white space, which is part of the pattern.</summary>
    public Action<string>? Caution { get; init; }

    /// <summary>Length of the path of the directory that the rules are for, with its slash.</summary>
    public int PathStart { get; init; }

    /// <summary>One rule (or, for words, several) from an option or from the peer.</summary>
    public void AddText(ReadOnlySpan<byte> text, RuleTemplate template, string? origin = null)
    {
        for (var rule = text; RuleToken.TryTake(ref text, template, origin, out var token); rule = text)
        {
            if (token.Pattern.Length > TreePath.MaxLength)
            {
                Warn?.Invoke($"discarding over-long filter: {RuleToken.Shown(token.Pattern, origin)}");
                continue;
            }
            if (origin is null && !token.Pattern.IsEmpty && Bytes.IsSpace(token.Pattern[^1]))
                Caution?.Invoke($"add_rule({TreePath.Printable(rule[..^text.Length])}) -- CAUTION: trailing whitespace!");
            Add(token, template, origin);
        }
    }

    /// <summary>The contents of a file of rules. Lines that begin with '#' or ';' are comments, except among words.</summary>
    /// <param name="contents">All of it.</param>
    /// <param name="template">How it is read.</param>
    /// <param name="name">The file in errors, which tell the line as well.</param>
    /// <param name="isSecret">Another file names it: then <paramref name="name"/> is the place of that rule, and no line is told.</param>
    public void AddFile(ReadOnlySpan<byte> contents, RuleTemplate template, string name, bool isSecret = false)
    {
        var words = template.Has(FilterModifiers.Words);
        for (var line = 1; !contents.IsEmpty; line++)
        {
            var end = NulDelimited && !words ? contents.IndexOf((byte)0) : contents.IndexOf((byte)'\n');
            var text = end < 0 ? contents : contents[..end];
            contents = end < 0 ? default : contents[(end + 1)..];
            var origin = isSecret ? name : $"{name} line {line}";
            if (words)
                AddWords(text, template, origin);
            else if (NulDelimited)
                AddLine(text, template, origin);
            else
                foreach (var part in text.Split((byte)'\r'))
                    AddLine(text[part], template, origin);
        }
    }

    private void AddLine(ReadOnlySpan<byte> text, RuleTemplate template, string origin)
    {
        if (text.IndexOf((byte)0) is >= 0 and var end)
            text = text[..end];
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
            {
                if (PathStart + name.Length >= TreePath.MaxLength)
                    Warn?.Invoke($"merge-file name overflows: {RuleToken.Shown(name, origin)}");
                return;
            }
            var wanted = lastName.ToArray();
            if (!IsMergedAlready(wanted) && !_rules.Exists(rule => rule.IsDirMerge && rule.LastName.SequenceEqual(wanted)))
                _rules.Add(new FilterRule(modifiers, name, true, origin));
            return;
        }
        if (++_depth > MaxMergeDepth)
            throw new FilterException($"merge-file include depth limit ({MaxMergeDepth}) exceeded at {RuleToken.Shown(name, origin)}", ExitCode.FileIO);
        AddFile(open(name, origin), new RuleTemplate(modifiers), origin is null ? TreePath.Printable(name) : $"a file named at {origin}", origin is not null);
        _depth--;
    }
}
