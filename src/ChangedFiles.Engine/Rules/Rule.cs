using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;

namespace ChangedFiles.Engine.Rules;

/// <summary>One line of a rule: on these operations, this action.</summary>
public sealed record RuleLine(Operation Operations, RuleAction Action, string File, int LineNumber)
{
    /// <summary>file:line, for messages.</summary>
    public string Place => $"{File}:{LineNumber}";
}

/// <summary>A RULE with everything below it. Immutable.</summary>
public sealed class Rule
{
    internal Rule(
        PathPattern pattern, IReadOnlyList<IgnoreLine> ignores, IReadOnlyList<RuleLine> lines, ActionSettings settings,
        string file, int lineNumber)
    {
        Pattern = pattern;
        Ignores = ignores;
        Lines = lines;
        Settings = settings;
        File = file;
        LineNumber = lineNumber;
    }

    /// <summary>The regex as it was written.</summary>
    public string Regex => Pattern.Text;

    /// <summary>The literal that every path of this rule begins with; what is below it is the relative path.</summary>
    public ReadOnlySpan<byte> LiteralPrefix => Pattern.LiteralPrefix;

    /// <summary>The IGNORE lines that hold for this rule: the file's own before the first RULE, then the rule's.</summary>
    public IReadOnlyList<IgnoreLine> Ignores { get; }

    public IReadOnlyList<RuleLine> Lines { get; }

    public ActionSettings Settings { get; }

    public string File { get; }

    public int LineNumber { get; }

    internal PathPattern Pattern { get; }

    /// <summary>True when the regex matches and no IGNORE does.</summary>
    public bool Covers(ReadOnlySpan<byte> path)
    {
        var view = new PathView(path);
        var covers = Covers(ref view);
        view.Dispose();
        return covers;
    }

    internal bool Covers(ref PathView path) => Pattern.IsMatch(ref path) && IgnoredBy(ref path) is null;

    /// <summary>The first IGNORE that takes the path out of the rule.</summary>
    internal IgnoreLine? IgnoredBy(ref PathView path)
    {
        foreach (var ignore in Ignores)
        {
            if (ignore.Pattern.IsMatch(ref path))
                return ignore;
        }
        return null;
    }
}

/// <summary>An IGNORE line.</summary>
public sealed class IgnoreLine
{
    internal IgnoreLine(PathPattern pattern, string file, int lineNumber)
    {
        Pattern = pattern;
        File = file;
        LineNumber = lineNumber;
    }

    public string Regex => Pattern.Text;

    public string File { get; }

    public int LineNumber { get; }

    internal PathPattern Pattern { get; }
}
