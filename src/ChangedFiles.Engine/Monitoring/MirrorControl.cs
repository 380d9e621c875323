using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;

namespace ChangedFiles.Engine.Monitoring;

/// <summary>What a running mirror answers on its <see cref="ControlSocket"/>: <c>status</c>, <c>wait DESTINATION SECONDS</c>, <c>verify</c> and <c>resume</c>.</summary>
public sealed class MirrorControl(Mirror mirror)
{
    /// <summary>How long a status may wait for the kernel's queue, to be true of this moment.</summary>
    private static readonly TimeSpan StatusTime = TimeSpan.FromSeconds(1);

    /// <summary>How often a wait looks whether it still makes sense.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    /// <param name="words">The question; of wait an empty destination means all of them, and no seconds for ever.</param>
    /// <param name="isGone">Whoever asked does not wait any more.</param>
    public string Answer(string[] words, Func<bool> isGone) => (words switch
    {
        ["status"] => Status(),
        ["verify"] => Verify(),
        ["resume"] => new JsonObject { ["result"] = mirror.Resume() ? "resumed" : "nothing" },
        ["wait", var destination, var seconds] => Wait(destination, Limit(seconds), isGone),
        _ => new JsonObject { ["error"] = "not understood" },
    }).ToJsonString();

    private JsonObject Status()
    {
        var caughtUp = mirror.CatchUp(StatusTime) is not null;
        var status = StatusJson.Of(mirror);
        status["caught_up"] = caughtUp;
        return status;
    }

    private JsonObject Verify()
    {
        mirror.Verify();
        return new JsonObject { ["result"] = "begun" };
    }

    private JsonObject Wait(string destination, TimeSpan limit, Func<bool> isGone)
    {
        var workers = mirror.Workers.Where(worker => destination.Length == 0 || worker.Status.Name == destination).ToList();
        if (workers.Count == 0)
            return new JsonObject { ["result"] = "unknown" };
        var clock = Stopwatch.StartNew();
        var result = mirror.CatchUp(limit) is { } moment ? Wait(workers, moment, limit, clock, isGone) : mirror.Lost.IsCompleted ? "ended" : "timeout";
        return new JsonObject
        {
            ["result"] = result,
            ["seconds"] = clock.Elapsed.TotalSeconds,
            ["destinations"] = new JsonArray([.. workers.Select(worker => (JsonNode)StatusJson.Of(worker.Status))]),
        };
    }

    /// <summary>Everything marked before the moment has to be confirmed, whatever is marked later.</summary>
    private static string Wait(List<DestinationWorker> workers, long moment, TimeSpan limit, Stopwatch clock, Func<bool> isGone)
    {
        foreach (var worker in workers)
        {
            while (!worker.WaitConfirmed(moment, Slice < limit - clock.Elapsed ? Slice : limit - clock.Elapsed))
            {
                if (worker.HasEnded)
                    return "ended";
                if (clock.Elapsed >= limit || isGone())
                    return "timeout";
            }
        }
        return "confirmed";
    }

    private static TimeSpan Limit(string seconds) =>
        double.TryParse(seconds, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e9
            ? TimeSpan.FromSeconds(number)
            : TimeSpan.FromDays(10_000);
}
