using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Rules;

/// <summary>An action that an event calls for.</summary>
/// <param name="Rule">The rule it stands in.</param>
/// <param name="Line">The line that names it.</param>
/// <param name="Event">The event as the rule sees it: a rename out of the rule's paths is an UNLINK or RMDIR of the old name.</param>
public readonly record struct RuleMatch(Rule Rule, RuleLine Line, FileEvent Event)
{
    /// <summary>The values for the action's substitutions.</summary>
    public EventValues Values => new(Event, Rule.LiteralPrefix);
}

/// <summary>
/// All rules of a file. Immutable and safe to use from several threads: a reload makes a new one and swaps it whole.
/// Every rule that covers a path takes part, in the order of the file.
/// </summary>
public sealed class RuleSet
{
    [ThreadStatic]
    private static List<int>? _candidates;

    private readonly PatternIndex _index;

    internal RuleSet(IReadOnlyList<Rule> rules, ActionSettings settings)
    {
        Rules = rules;
        Settings = settings;
        _index = new PatternIndex([.. rules.Select(r => r.Pattern)]);
        // A MIRROR watches its tree by itself.
        Reach = PatternReach.Of(rules.Where(r => r.Lines.Any(l => l.Action is not MirrorAction)).Select(r => r.Pattern));
    }

    public static RuleSet Empty { get; } = new([], ActionSettings.Default);

    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>The settings before the first RULE: what rules start from, and the limits over all rules together.</summary>
    public ActionSettings Settings { get; }

    /// <summary>Where things can happen that an action is for.</summary>
    internal PatternReach Reach { get; }

    /// <summary>Adds what <paramref name="fileEvent"/> calls for to <paramref name="matches"/>, in the order of the file.</summary>
    public void Match(FileEvent fileEvent, List<RuleMatch> matches)
    {
        if (fileEvent.OldPath is { } old && fileEvent.Operation == Operation.RENAME)
        {
            MatchRename(fileEvent, old, matches);
            return;
        }
        var view = new PathView(fileEvent.Path);
        foreach (var number in Candidates(fileEvent.Path))
        {
            if (Rules[number].Covers(ref view))
                AddLines(Rules[number], fileEvent, matches);
        }
        view.Dispose();
    }

    /// <summary>The actions for one operation on one path.</summary>
    public IReadOnlyList<RuleMatch> Match(ReadOnlySpan<byte> absolutePath, Operation operation)
    {
        var matches = new List<RuleMatch>();
        Match(new FileEvent(operation, absolutePath.ToArray()), matches);
        return matches;
    }

    // A rule sees only its own names: what is renamed to a name outside of it is gone, as far as it goes.
    private void MatchRename(FileEvent rename, byte[] old, List<RuleMatch> matches)
    {
        var newView = new PathView(rename.Path);
        var oldView = new PathView(old);
        var gone = new FileEvent(rename.IsDirectory ? Operation.RMDIR : Operation.UNLINK, old)
        {
            IsDirectory = rename.IsDirectory,
            Time = rename.Time,
            Pid = rename.Pid,
            Program = rename.Program,
        };
        foreach (var number in Candidates(rename.Path, old))
        {
            if (Rules[number].Covers(ref newView))
                AddLines(Rules[number], rename, matches);
            else if (Rules[number].Covers(ref oldView))
                AddLines(Rules[number], gone, matches);
        }
        newView.Dispose();
        oldView.Dispose();
    }

    private static void AddLines(Rule rule, FileEvent fileEvent, List<RuleMatch> matches)
    {
        foreach (var line in rule.Lines)
        {
            if ((line.Operations & fileEvent.Operation) != 0)
                matches.Add(new RuleMatch(rule, line, fileEvent));
        }
    }

    private List<int> Candidates(ReadOnlySpan<byte> path)
    {
        var candidates = _candidates ??= [];
        _index.Find(path, candidates);
        return candidates;
    }

    private IEnumerable<int> Candidates(byte[] path, byte[] old) =>
        Candidates(path).ToArray().Union(Candidates(old)).Order();
}
