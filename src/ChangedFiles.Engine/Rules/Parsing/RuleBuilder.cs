using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>
/// A rule while its lines are read. Its actions are understood only when all of them are there, since a setting holds for the
/// whole rule wherever it stands in it.
/// </summary>
internal sealed class RuleBuilder(LogicalLine line, PathPattern? pattern, int regexAt)
{
    public LogicalLine Line { get; } = line;

    /// <summary>Null when the regex was wrong; the rest is still checked.</summary>
    public PathPattern? Pattern { get; } = pattern;

    public List<IgnoreLine> Ignores { get; } = [];

    public List<(string Name, string Value)> Settings { get; } = [];

    public HashSet<string> SettingNames { get; } = [];

    public List<(Operation Operations, LogicalLine Line, int ActionAt)> Actions { get; } = [];

    public Rule? Build(ActionSettings global, IEnumerable<IgnoreLine> globalIgnores, RsyncReader? rsync, List<RuleDiagnostic> diagnostics)
    {
        IgnoreLine[] ignores = [.. globalIgnores, .. Ignores];
        var settings = Settings.Aggregate(global with { Parallel = 0 }, (s, next) => SettingsParser.Apply(s, next.Name, next.Value)!);
        var forActions = Pattern ?? PathPattern.TryParse("^/", out _)!;
        var errorsBefore = diagnostics.Count(d => d.Severity == Severity.Error);
        List<RuleLine> lines = [];
        foreach (var (operations, at, actionAt) in Actions)
        {
            var action = new ActionParser(at, actionAt, settings, forActions, ignores, rsync, diagnostics).Parse();
            if (action is MirrorAction && operations != Operation.ANY)
            {
                const string Hint = "write MIRROR without an operation before it";
                diagnostics.Add(at.Diagnose(Severity.Error, actionAt, 6, "MIRROR follows every operation", Hint));
            }
            else if (action is not null)
                lines.Add(new RuleLine(operations, action, at.File, at.Line));
        }
        if (Actions.Count == 0 && diagnostics.Count(d => d.Severity == Severity.Error) == errorsBefore)
            diagnostics.Add(Line.Diagnose(Severity.Warning, regexAt, 1, "the rule has no actions"));
        RuleWarnings.CheckRepeated(diagnostics, Actions);
        return Pattern is null ? null : new Rule(Pattern, ignores, lines, settings, Line.File, Line.Line);
    }
}
