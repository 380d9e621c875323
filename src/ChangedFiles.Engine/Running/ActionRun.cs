using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Running;

/// <summary>One run of one rule line: for one event, or for the many of a batch.</summary>
public sealed record ActionRun(Rule Rule, RuleLine Line, IReadOnlyList<FileEvent> Events)
{
    /// <summary>The values for the substitutions of each event.</summary>
    public IEnumerable<EventValues> Values => Events.Select(e => new EventValues(e, Rule.LiteralPrefix));
}

/// <summary>How a run ended.</summary>
/// <param name="Failure">Why it failed, in one line; null when it did not.</param>
public readonly record struct ActionOutcome(string? Failure)
{
    public static ActionOutcome Success => default;

    public bool Succeeded => Failure is null;

    /// <summary>The events that it failed for; null for all of them.</summary>
    public IReadOnlySet<FileEvent>? Failed { get; init; }

    /// <summary>True when it failed for this event.</summary>
    public bool Concerns(FileEvent happened) => !Succeeded && Failed?.Contains(happened) != false;
}

/// <summary>Does what a rule line says: really, or only in words (<c>run --dry-run</c>).</summary>
public interface IActionExecutor
{
    /// <summary>
    /// Runs to the end; runs of different paths go on at the same time. What can go wrong with an action is an outcome.
    /// When <paramref name="cancellation"/> comes, it ends what it started and answers soon.
    /// </summary>
    Task<ActionOutcome> RunAsync(ActionRun run, CancellationToken cancellation);

    /// <summary>True when the process belongs to a run of this line that is under way.</summary>
    bool IsOwn(RuleLine line, int pid);
}
