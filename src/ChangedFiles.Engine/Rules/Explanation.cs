using ChangedFiles.Engine.Rules.Patterns;

namespace ChangedFiles.Engine.Rules;

/// <summary>What one rule makes of an event.</summary>
/// <param name="Rule">A rule whose regex matches the path (or, for a rename, the old one).</param>
/// <param name="IgnoredBy">The IGNORE that takes the path out of it, else null.</param>
/// <param name="Actions">What would run, in this order.</param>
public sealed record RuleVerdict(Rule Rule, IgnoreLine? IgnoredBy, IReadOnlyList<RuleMatch> Actions);

/// <summary>Which rules an event meets and what would happen.</summary>
public sealed record Explanation(FileEvent Event, IReadOnlyList<RuleVerdict> Verdicts)
{
    /// <summary>Looks at every rule; the event's operation may be ANY, which asks for all of them.</summary>
    public static Explanation Of(RuleSet rules, FileEvent fileEvent)
    {
        var matches = new List<RuleMatch>();
        rules.Match(fileEvent, matches);
        var verdicts = new List<RuleVerdict>();
        var path = new PathView(fileEvent.Path);
        var old = new PathView(fileEvent.OldPath ?? fileEvent.Path);
        foreach (var rule in rules.Rules)
        {
            var byNew = rule.Pattern.IsMatch(ref path);
            if (!byNew && !rule.Pattern.IsMatch(ref old))
                continue;
            var actions = matches.FindAll(m => m.Rule == rule);
            var ignored = actions.Count > 0 ? null : byNew ? rule.IgnoredBy(ref path) : rule.IgnoredBy(ref old);
            verdicts.Add(new RuleVerdict(rule, ignored, actions));
        }
        path.Dispose();
        old.Dispose();
        return new Explanation(fileEvent, verdicts);
    }
}
