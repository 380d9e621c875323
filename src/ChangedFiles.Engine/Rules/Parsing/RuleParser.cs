using System.Text.RegularExpressions;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>
/// Reads rule files line by line (grammar: docs/rules.md). It never stops at an error: a line that is wrong is reported and left out,
/// so that one run reports everything.
/// </summary>
internal sealed partial class RuleParser(RsyncReader? rsync)
{
    internal const string JoinHint = "several operations are joined by | without blanks: CREATE|MKDIR";

    private const int MaxIncludeDepth = 16;
    private const int MaxFileSize = 16 << 20;

    private static readonly string[] Keywords =
    [
        "RULE", "IGNORE", "INCLUDE", "MIRROR", .. SettingsParser.Names,
        nameof(Operation.ANY), .. OperationNames.Single.Select(o => o.ToString()),
    ];

    private readonly List<RuleDiagnostic> _diagnostics = [];
    private readonly List<Rule> _rules = [];
    private readonly List<IgnoreLine> _globalIgnores = [];
    private readonly HashSet<string> _globalSettings = [];
    private readonly Stack<string> _files = [];
    private ActionSettings _settings = ActionSettings.Default;
    private RuleBuilder? _current;

    public void ParseFile(string path)
    {
        var content = File.ReadAllBytes(path);
        if (content.Length > MaxFileSize)
            throw new IOException($"{path}: larger than {MaxFileSize >> 20} MiB");
        ParseText(path, ArgumentText.Decode(content));
    }

    public void ParseText(string file, string content)
    {
        _files.Push(file);
        foreach (var line in LogicalLine.Split(file, content))
            ParseLine(line);
        _files.Pop();
    }

    public RuleFile Finish()
    {
        FinishRule();
        RuleWarnings.AddTo(_diagnostics, _rules);
        return new RuleFile(new RuleSet(_rules, _settings), _diagnostics);
    }

    [GeneratedRegex(@"^[ \t]*(?<word>[^ \t]+)(?:[ \t]+(?<rest>.*))?$", RegexOptions.Singleline)]
    private static partial Regex WordAndRest();

    private void ParseLine(LogicalLine line)
    {
        var match = WordAndRest().Match(line.Text);
        var (word, rest) = (match.Groups["word"], match.Groups["rest"]);
        var value = TrimEnd(rest.Value);
        var restAt = rest.Success ? rest.Index : line.Text.Length;
        switch (word.Value)
        {
            case "RULE":
                OpenRule(line, word.Index, value, restAt);
                break;
            case "IGNORE":
                AddIgnore(line, word.Index, value, restAt);
                break;
            case "INCLUDE":
                Include(line, word.Index, value, restAt);
                break;
            case "MIRROR":
                AddAction(line, word.Index, Operation.ANY, word.Index, word.Value);
                break;
            case var setting when SettingsParser.Names.Contains(setting):
                ApplySetting(line, word.Index, setting, value, restAt);
                break;
            default:
                if (ReadOperations(line, word.Index, word.Value) is { } operations)
                    AddAction(line, word.Index, operations, restAt, value);
                break;
        }
    }

    // Blanks at the end are not meant, unless the last one is escaped.
    private static string TrimEnd(string text)
    {
        var trimmed = text.TrimEnd();
        var backslashes = trimmed.Length - trimmed.TrimEnd('\\').Length;
        return backslashes % 2 == 1 && trimmed.Length < text.Length ? text[..(trimmed.Length + 1)] : trimmed;
    }

    private void OpenRule(LogicalLine line, int at, string regex, int regexAt)
    {
        FinishRule();
        var pattern = ReadRegex(line, at, "RULE", regex, regexAt);
        _current = new RuleBuilder(line, pattern, regexAt);
        if (pattern is not null && _globalIgnores.Find(i => i.Pattern.Covers(pattern)) is { } ignore)
            Warn(line, regexAt, regex.Length, $"the IGNORE at {ignore.File}:{ignore.LineNumber} covers everything that this rule matches");
    }

    private void FinishRule()
    {
        if (_current?.Build(_settings, _globalIgnores, rsync, _diagnostics) is { } rule)
            _rules.Add(rule);
        _current = null;
    }

    private void AddIgnore(LogicalLine line, int at, string regex, int regexAt)
    {
        if (!BelongsHere(line, at) || ReadRegex(line, at, "IGNORE", regex, regexAt) is not { } pattern)
            return;
        (_current?.Ignores ?? _globalIgnores).Add(new IgnoreLine(pattern, line.File, line.Line));
        if (_current?.Pattern is { } rule)
            RuleWarnings.CheckIgnore(_diagnostics, line, regexAt, rule, pattern);
    }

    private PathPattern? ReadRegex(LogicalLine line, int at, string keyword, string regex, int regexAt)
    {
        if (regex.Length == 0)
        {
            Error(line, at, keyword.Length, $"{keyword} without a regular expression", $"for example: {keyword} ^/srv/data/");
            return null;
        }
        var pattern = PathPattern.TryParse(regex, out var error);
        if (error is not null)
            Error(line, regexAt + error.Offset, error.Length, error.Message, error.Hint);
        else if (regex.IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment)
            Warn(line, regexAt + comment + 1, 1, "this # is part of the regex", "a comment stands on a line of its own");
        if (pattern is not null)
            RuleWarnings.CheckPattern(_diagnostics, line, regexAt, pattern);
        return pattern;
    }

    private Operation? ReadOperations(LogicalLine line, int at, string word)
    {
        var all = Operation.None;
        foreach (var name in word.Split('|'))
        {
            if (OperationNames.TryParse(name, out var operation))
            {
                if ((all & operation) != 0)
                    Warn(line, at, word.Length, $"{name} is already named");
                all |= operation;
                continue;
            }
            var what = name.Length == 0 ? "an operation is missing beside |" : $"\"{name}\" is no operation, setting or keyword";
            Error(line, at, name.Length, what, HintFor(name, word));
            return null;
        }
        return all;
    }

    private static string? HintFor(string name, string word) =>
        Suggestion.Nearest(name, Keywords) is { } nearest ? $"did you mean {nearest}?"
        : name.Length == 0 || word.Contains('|') ? JoinHint
        : name.Any(char.IsAsciiLetterLower) ? "an action stands behind its operation: OPENW command..."
        : null;

    private void AddAction(LogicalLine line, int at, Operation operations, int actionAt, string action)
    {
        if (_current is null)
            Error(line, at, 1, "no RULE stands above this line", "begin with RULE and a regular expression");
        else if (action.Length == 0)
            Error(line, at, line.Text.TrimEnd().Length - at, "the action is missing",
                $"{operations.Spell()} command..., or EXEC, HTTP, LOG, APPEND");
        else if (BelongsHere(line, at))
            _current.Actions.Add((operations, line, actionAt));
    }

    private void ApplySetting(LogicalLine line, int at, string name, string value, int valueAt)
    {
        if (!BelongsHere(line, at))
            return;
        if (!(_current?.SettingNames ?? _globalSettings).Add(name))
            Warn(line, at, name.Length, $"{name} is already set here; this one holds");
        if (SettingsParser.Apply(ActionSettings.Default, name, value) is null)
        {
            var comment = value.Contains(" #", StringComparison.Ordinal);
            Error(line, value.Length == 0 ? at : valueAt, Math.Max(1, value.Length), $"{name} does not take \"{value}\"",
                comment ? "a comment stands on a line of its own" : SettingsParser.Usage(name));
        }
        else if (_current is not null)
            _current.Settings.Add((name, value));
        else
            _settings = SettingsParser.Apply(_settings, name, value)!;
    }

    // After an INCLUDE that held rules, the last of them must not go on here unseen.
    private bool BelongsHere(LogicalLine line, int at)
    {
        if (_current is null || _files.Contains(_current.Line.File))
            return true;
        Error(line, at, 1, $"this line would belong to the rule at {_current.Line.File}:{_current.Line.Line}",
            "write RULE first, or move the line above INCLUDE");
        return false;
    }

    private void Include(LogicalLine line, int at, string value, int valueAt)
    {
        if (value.Length == 0)
        {
            Error(line, at, 7, "INCLUDE without a file", "for example: INCLUDE rules.d/*.rules");
            return;
        }
        var pattern = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(line.File)) ?? "/", value);
        foreach (var path in Expand(line, valueAt, value, pattern))
        {
            if (_files.Any(f => Path.GetFullPath(f) == path) || _files.Count > MaxIncludeDepth)
            {
                Error(line, valueAt, value.Length, $"{path} includes itself", "INCLUDE chains go at most 16 deep and never in a circle");
                continue;
            }
            try
            {
                ParseFile(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Error(line, valueAt, value.Length, $"cannot read {path}: {e.Message}");
            }
        }
    }

    private IEnumerable<string> Expand(LogicalLine line, int at, string value, string pattern)
    {
        if (!value.Contains('*'))
            return [pattern];
        var directory = Path.GetDirectoryName(pattern) ?? "/";
        if (!directory.Contains('*') && Directory.Exists(directory))
            return Directory.GetFiles(directory, Path.GetFileName(pattern)).Order(StringComparer.Ordinal);
        Error(line, at, value.Length, $"there is no directory {directory}", "* can stand in the last component only");
        return [];
    }

    private void Error(LogicalLine line, int at, int length, string message, string? hint = null) =>
        _diagnostics.Add(line.Diagnose(Severity.Error, at, length, message, hint));

    private void Warn(LogicalLine line, int at, int length, string message, string? hint = null) =>
        _diagnostics.Add(line.Diagnose(Severity.Warning, at, length, message, hint));
}
