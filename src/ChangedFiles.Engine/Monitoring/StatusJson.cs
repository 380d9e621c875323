using System.Globalization;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;

namespace ChangedFiles.Engine.Monitoring;

/// <summary>A mirror's status for other programs. Fields may be added; those that are there keep their names and meanings.</summary>
public static class StatusJson
{
    /// <summary>The whole mirror.</summary>
    public static JsonObject Of(Mirror mirror) => new()
    {
        ["source"] = mirror.Source,
        ["pid"] = Environment.ProcessId,
        ["watching"] = mirror.Watching,
        ["overflows"] = mirror.Overflows,
        ["destinations"] = new JsonArray([.. mirror.Workers.Select(worker => (JsonNode)Of(worker.Status))]),
    };

    /// <summary>One destination of it.</summary>
    public static JsonObject Of(DestinationStatus status) => new()
    {
        ["destination"] = status.Name,
        ["state"] = status.State.ToString().ToLowerInvariant(),
        ["reason"] = status.Reason,
        ["watermark"] = Time(status.Watermark),
        ["lag_seconds"] = status.Lag.TotalSeconds,
        ["pending"] = status.Pending,
        ["next_attempt_seconds"] = status.NextAttempt?.TotalSeconds,
        ["last_success"] = status.LastSuccess is { } last ? Time(last) : null,
        ["failures"] = status.FailureCount,
        ["failing"] = new JsonArray([.. status.Failures.Select(
            failure => (JsonNode)new JsonObject { ["path"] = failure.Path.ToString(), ["reason"] = failure.Reason })]),
        ["batches"] = status.Batches,
        ["names"] = status.Names,
        ["files"] = status.Files,
        ["sent_bytes"] = status.BytesSent,
        ["literal_bytes"] = status.LiteralBytes,
        ["matched_bytes"] = status.MatchedBytes,
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
