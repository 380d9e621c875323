using System.Diagnostics;
using System.Globalization;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Cli.Output;

/// <summary>Lines for people; on a terminal also one line at the bottom that shows how things stand.</summary>
/// <param name="width">Columns of the terminal; 0 in a pipe.</param>
internal sealed class TextMirrorReport(TextWriter output, int width) : MirrorReport
{
    private readonly Lock _lock = new();
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private string _line = "";
    private SourceTotals? _totals;

    /// <summary>Names what is changed.</summary>
    public bool Verbose { get; init; }

    /// <summary>Ends when both sides are equal, and does not wait for a destination that is away.</summary>
    public bool Once { get; init; }

    /// <summary>Only tells what would be.</summary>
    public bool DryRun { get; init; }

    public override bool IsLive => width > 0;

    public override void Started(string source, Mirror mirror)
    {
        foreach (var worker in mirror.Workers)
            Line($"mirroring {source} to {worker.Status.Name}");
        if (IsLive)
            _totals = mirror.Count(CancellationToken.None);
        if (mirror.Watching.Length > 0)
            Line($"watching with {mirror.Watching}");
    }

    public override void State(DestinationStatus status) => Line(status.State switch
    {
        DestinationState.Following when DryRun => string.Create(CultureInfo.InvariantCulture, $"{status.Name}: {status.Names:N0} names compared"),
        DestinationState.Following => string.Create(CultureInfo.InvariantCulture,
            $"{status.Name}: in sync{But(status)}: {status.Names:N0} names compared, {status.Files:N0} files ({Sizes.Text(status.LiteralBytes)}) sent in {_since.Elapsed.TotalSeconds:0.0} s"),
        DestinationState.Waiting => $"{status.Name}: waiting: {Reason(status)}: it is mirrored as soon as something is in it",
        DestinationState.Away => $"{status.Name}: away: {Reason(status)}{(Once ? "" : " (tried again)")}",
        DestinationState.Held => $"{status.Name}: held: {Reason(status)}: see that the source is right, then `changedfiles resume SRC`",
        DestinationState.Failed => $"{status.Name}: given up: {Reason(status)}",
        DestinationState.Halted => $"{status.Name}: halted: {Reason(status)}",
        _ => $"{status.Name}: back, catching up",
    });

    public override void Failure(string destination, FailedPath failure) => Line($"{destination}: {failure.Path}: {failure.Reason}");

    public override void Warning(string text) => Line(text);

    public override void Delivered(string destination, PlannedBatch batch, Delivery delivery)
    {
        if (DryRun)
        {
            foreach (var change in delivery.Changes)
                Line($"{destination}: would {Verb(change.Kind)} {change.Path}");
        }
        else if (delivery.Changes.Count > 0 || (Verbose && batch.Renames.Count > 0))
        {
            Name(destination, batch, delivery);
        }
    }

    /// <summary>What was renamed once, by its new name; and everything else but what failed, and directories that only something else is in.</summary>
    private void Name(string destination, PlannedBatch batch, Delivery delivery)
    {
        var items = batch.Items.ToDictionary(item => item.Path);
        var failed = delivery.Failures.Select(failure => failure.Path).ToHashSet();
        foreach (var rename in batch.Renames.Where(rename => !failed.Contains(rename.To.Path)))
            Line($"{destination}: {rename.To.Path}{Slash(rename.To)} (was {rename.From})");
        var renamed = batch.Renames.Select(rename => rename.From).ToHashSet();
        foreach (var change in delivery.Changes.Where(change => !failed.Contains(change.Path)))
        {
            var item = items.GetValueOrDefault(change.Path);
            if (change.Kind == ChangeKind.Delete && !renamed.Any(from => change.Path == from || change.Path.IsBelow(from)))
                Line($"{destination}: gone {change.Path}");
            else if (change.Kind != ChangeKind.Delete && item?.Action != PlannedAction.Parent)
                Line($"{destination}: {change.Path}{Slash(item)}");
        }
    }

    private static string Slash(PlannedItem? item) => item is { Stat.IsDirectory: true } ? "/" : "";

    public override void Tick(IReadOnlyList<DestinationStatus> statuses)
    {
        lock (_lock)
            Show(string.Join("  ", statuses.Select(Describe)));
    }

    public override void Ended(IReadOnlyList<DestinationStatus> statuses)
    {
        lock (_lock)
            Show("");
        foreach (var status in statuses)
        {
            Line(DryRun ? $"{status.Name}: dry run: nothing was changed" : string.Create(CultureInfo.InvariantCulture,
                $"{status.Name}: {status.State.ToString().ToLowerInvariant()}, {status.Pending} pending, {status.FailureCount} failed, {status.Files:N0} files, sent {Sizes.Text(status.BytesSent)}"));
        }
    }

    private static string But(DestinationStatus status) =>
        status.FailureCount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" but for {status.FailureCount:N0} names");

    /// <summary>Without the destination's name, which stands before it anyway.</summary>
    private static string? Reason(DestinationStatus status) =>
        status.Reason is { } reason && reason.StartsWith(status.Name + ": ", StringComparison.Ordinal) ? reason[(status.Name.Length + 2)..] : status.Reason;

    private static string Verb(ChangeKind kind) => kind switch
    {
        ChangeKind.Send => "send",
        ChangeKind.SetAttributes => "set attributes of",
        _ => "delete",
    };

    private string Describe(DestinationStatus status) => status.State switch
    {
        DestinationState.Syncing => Progress.Text(status, _totals, _since.Elapsed),
        DestinationState.Following => string.Create(CultureInfo.InvariantCulture,
            $"{status.Name}: last {status.LastPath}, lag {status.Lag.TotalMilliseconds:0} ms, {status.Pending} pending, {status.FailureCount} failed"),
        _ => $"{status.Name}: {status.State.ToString().ToLowerInvariant()}: {status.Reason}",
    };

    private void Line(string text)
    {
        lock (_lock)
        {
            var line = _line;
            Show("");
            output.WriteLine(text);
            Show(line);
            output.Flush();
        }
    }

    /// <summary>Replaces the bottom line.</summary>
    private void Show(string text)
    {
        if (width == 0)
            return;
        text = text.Length >= width ? text[..(width - 1)] : text;
        output.Write($"\r{text}{new string(' ', Math.Max(0, _line.Length - text.Length))}\r{text}");
        _line = text;
        output.Flush();
    }
}
