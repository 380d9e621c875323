using System.Diagnostics;
using System.Globalization;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Cli.Output;

/// <summary>Lines for people; on a terminal also one line at the bottom that shows how things stand.</summary>
/// <param name="width">Columns of the terminal; 0 in a pipe.</param>
internal sealed class TextMirrorReport(TextWriter output, int width, bool verbose) : MirrorReport
{
    private readonly Lock _lock = new();
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private string _line = "";

    public override bool IsLive => width > 0;

    public override void Started(string source, Mirror mirror)
    {
        foreach (var worker in mirror.Workers)
            Line($"mirroring {source} to {worker.Status.Name}");
        if (mirror.Watching.Length > 0)
            Line($"watching with {mirror.Watching}");
    }

    public override void State(DestinationStatus status) => Line(status.State switch
    {
        DestinationState.Following => string.Create(CultureInfo.InvariantCulture,
            $"{status.Name}: in sync: {status.Names:N0} names compared, {status.Files:N0} files ({Sizes.Text(status.LiteralBytes)}) sent in {_since.Elapsed.TotalSeconds:0.0} s"),
        DestinationState.Away => $"{status.Name}: away: {status.Reason} (tried again)",
        DestinationState.Failed => $"{status.Name}: given up: {status.Reason}",
        DestinationState.Halted => $"{status.Name}: halted: {status.Reason}",
        _ => $"{status.Name}: back, catching up",
    });

    public override void Failure(string destination, FailedPath failure) => Line($"{destination}: {failure.Path}: {failure.Reason}");

    public override void Warning(string text) => Line(text);

    public override void Delivered(string destination, PlannedBatch batch, Delivery delivery)
    {
        if (!verbose)
            return;
        foreach (var item in batch.Items)
        {
            if (item.Action == PlannedAction.Delete)
                Line($"{destination}: gone {item.Path}");
            else if (item.Action != PlannedAction.Parent)
                Line($"{destination}: {item.Path}{(item.Stat.IsDirectory ? "/" : "")}");
        }
    }

    public override void Tick(IReadOnlyList<DestinationStatus> statuses)
    {
        lock (_lock)
            Show(string.Join("  ", statuses.Select(Describe)));
    }

    public override void Ended(IReadOnlyList<DestinationStatus> statuses)
    {
        foreach (var status in statuses)
        {
            Line(string.Create(CultureInfo.InvariantCulture,
                $"{status.Name}: {status.State.ToString().ToLowerInvariant()}, {status.Pending} pending, {status.FailureCount} failed, {status.Files:N0} files, sent {Sizes.Text(status.BytesSent)}"));
        }
    }

    private string Describe(DestinationStatus status) => status.State switch
    {
        DestinationState.Syncing => string.Create(CultureInfo.InvariantCulture,
            $"syncing: {status.Names:N0} names, {Sizes.Text(status.NamedBytes)}, {Sizes.Text((long)(status.NamedBytes / Math.Max(0.1, _since.Elapsed.TotalSeconds)))}/s"),
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
