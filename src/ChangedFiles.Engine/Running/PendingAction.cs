using ChangedFiles.Engine.Rules;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Running;

/// <summary>An action that an event called for and that has not ended yet. Belongs to the queue.</summary>
internal sealed class PendingAction(RuleMatch match)
{
    public RuleMatch Match { get; set; } = match;

    public string Path { get; } = ArgumentText.Decode(match.Event.Path);

    public Rule Rule => Match.Rule;

    public RuleLine Line => Match.Line;

    /// <summary>Runs that failed so far.</summary>
    public int Failures { get; set; }

    /// <summary>When it may go on, as a time stamp of the clock.</summary>
    public long Due { get; set; }

    /// <summary>The loop guard put it off.</summary>
    public bool IsLooping { get; init; }

    /// <summary>Where it stands in line: with its path; a rename with its old path, too.</summary>
    public IReadOnlyList<PathOrder> Orders { get; set; } = [];
}

/// <summary>The actions for one path, in their order. Only the first of them is under way.</summary>
internal sealed class PathOrder(string path)
{
    public string Path { get; } = path;

    public Queue<PendingAction> Actions { get; } = [];
}

/// <summary>Actions of one line that go into one run: those of a BATCH, or of a plain rsync line.</summary>
internal sealed class LineGroup(Rule rule, RuleLine line)
{
    public Rule Rule { get; } = rule;

    public RuleLine Line { get; } = line;

    public List<PendingAction> Waiting { get; } = [];

    /// <summary>When the first of those waiting came, as a time stamp of the clock.</summary>
    public long Since { get; set; }

    /// <summary>A run is under way; what comes meanwhile goes into the next one.</summary>
    public bool IsRunning { get; set; }
}
