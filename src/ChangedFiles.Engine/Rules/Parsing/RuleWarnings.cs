using ChangedFiles.Engine.Rules.Patterns;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>What is allowed in a rule file but surely not meant.</summary>
internal static class RuleWarnings
{
    /// <summary>Regexes that no absolute path can match.</summary>
    public static void CheckPattern(List<RuleDiagnostic> diagnostics, LogicalLine line, int at, PathPattern pattern)
    {
        var reasons = pattern.Shapes.Select(WhyNoPath).ToArray();
        if (reasons is [{ } first, ..] && reasons.All(r => r is not null))
            Warn(diagnostics, line, at, pattern.Text.Length, "this never matches: " + first.Reason, first.Hint);
    }

    /// <summary>An IGNORE that takes away all of its rule, or nothing.</summary>
    public static void CheckIgnore(List<RuleDiagnostic> diagnostics, LogicalLine line, int at, PathPattern rule, PathPattern ignore)
    {
        if (ignore.Covers(rule))
            Warn(diagnostics, line, at, ignore.Text.Length, $"this IGNORE covers everything that the rule matches: {rule.Text}");
        else if (ignore.Contradicts(rule))
            Warn(diagnostics, line, at, ignore.Text.Length, $"this IGNORE can never apply: the rule matches only {rule.Text}");
    }

    /// <summary>The same action twice for one operation in a rule.</summary>
    public static void CheckRepeated(List<RuleDiagnostic> diagnostics, List<(Operation Operations, LogicalLine Line, int ActionAt)> actions)
    {
        var seen = new Dictionary<string, (Operation Operations, int Line)>();
        foreach (var (operations, line, at) in actions)
        {
            var text = line.Text[at..].Trim();
            if (seen.TryGetValue(text, out var earlier) && (earlier.Operations & operations) != 0)
                Warn(diagnostics, line, at, text.Length, $"the same action stands in line {earlier.Line}: it would run twice");
            seen[text] = (earlier.Operations | operations, line.Line);
        }
    }

    /// <summary>Rules that repeat another.</summary>
    public static void AddTo(List<RuleDiagnostic> diagnostics, IReadOnlyList<Rule> rules)
    {
        var seen = new Dictionary<(string, Operation, string), (Rule Rule, RuleLine Line)>();
        foreach (var rule in rules)
        {
            foreach (var line in rule.Lines)
            {
                var key = (rule.Regex, line.Operations, line.Action.Source);
                if (!seen.TryAdd(key, (rule, line)) && seen[key] is var first && first.Rule != rule)
                    diagnostics.Add(Repeated(rule, line, first.Line));
            }
        }
    }

    private static RuleDiagnostic Repeated(Rule rule, RuleLine line, RuleLine first)
    {
        var message = $"the same action for the same RULE stands at {first.File}:{first.LineNumber}: it would run twice";
        return new RuleDiagnostic(Severity.Warning, line.File, line.LineNumber, 1, message)
        {
            SourceLine = $"{line.Operations.Spell()} {line.Action.Source}",
            Hint = $"RULE {rule.Regex}",
        };
    }

    private static (string Reason, string? Hint)? WhyNoPath(LiteralShape shape)
    {
        if (shape.IsAnchored && shape.Prefix is [not (byte)'/', ..])
            return ("paths are absolute and begin with /", "write ^/... or leave the ^ out");
        if (((byte[][])[shape.Prefix, .. shape.Middle, shape.Suffix]).Any(part => part.AsSpan().IndexOf("//"u8) >= 0))
            return ("a path never holds //", null);
        if (shape.Suffix is [.., (byte)'/'] || shape.IsWhole && shape.Prefix is [_, .., (byte)'/'])
            return ("a path never ends with /", "leave the / at the end out; a directory's own path has none");
        return null;
    }

    private static void Warn(List<RuleDiagnostic> diagnostics, LogicalLine line, int at, int length, string message, string? hint = null) =>
        diagnostics.Add(line.Diagnose(Severity.Warning, at, length, message, hint));
}
