using System.Text.Json.Nodes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Monitoring;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Cli.Output;

/// <summary>One JSON object a line, each with "event" and "time". Paths are escaped where they are no UTF-8.</summary>
internal sealed class JsonMirrorReport(TextWriter output) : MirrorReport
{
    private readonly Lock _lock = new();

    /// <summary>Only tells what would be.</summary>
    public bool DryRun { get; init; }

    public override void Started(string source, Mirror mirror)
    {
        foreach (var worker in mirror.Workers)
            Write("started", new JsonObject { ["source"] = source, ["destination"] = worker.Status.Name, ["watching"] = mirror.Watching });
    }

    public override void State(DestinationStatus status) => Write("state", StatusJson.Of(status));

    public override void Failure(string destination, FailedPath failure) =>
        Write("failure", new JsonObject { ["destination"] = destination, ["path"] = failure.Path.ToString(), ["reason"] = failure.Reason });

    public override void Warning(string text) => Write("warning", new JsonObject { ["text"] = text });

    public override void Delivered(string destination, PlannedBatch batch, Delivery delivery)
    {
        foreach (var change in delivery.Changes)
        {
            Write(DryRun ? "foreseen" : "changed", new JsonObject
            {
                ["destination"] = destination,
                ["path"] = change.Path.ToString(),
                ["action"] = change.Kind.ToString().ToLowerInvariant(),
            });
        }
        Write("delivered", new JsonObject
        {
            ["destination"] = destination,
            ["names"] = batch.Items.Count,
            ["files"] = delivery.Files,
            ["bytes"] = delivery.BytesSent,
            ["failures"] = delivery.Failures.Count,
        });
    }

    public override void Ended(IReadOnlyList<DestinationStatus> statuses)
    {
        foreach (var status in statuses)
            Write("ended", StatusJson.Of(status));
    }

    private void Write(string name, JsonObject fields)
    {
        fields.Insert(0, "event", name);
        fields.Insert(1, "time", DateTimeOffset.UtcNow.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        lock (_lock)
        {
            output.WriteLine(fields.ToJsonString());
            output.Flush();
        }
    }
}
