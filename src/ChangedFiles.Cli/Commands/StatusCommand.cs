using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary>
/// <c>changedfiles status [SRC]</c>: how running mirrors stand. Exit code 0 when every destination follows, is being synced, or waits for something to
/// sync, 23 when one cannot be served or some names fail, 10 when there is no such mirror.
/// </summary>
internal static class StatusCommand
{
    private static readonly Argument<string?> Source = new("SRC") { Description = "The mirrored directory; all running mirrors without it.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object for each mirror, one a line." };

    public static Command Create()
    {
        var command = new Command("status", "Show how running mirrors stand: state, lag, what is pending, what fails.") { Source, Json };
        command.SetAction(parsed => (int)Run(parsed.GetValue(Source), parsed.GetValue(Json), Console.Out, Console.Error));
        return command;
    }

    internal static ExitCode Run(string? source, bool json, TextWriter output, TextWriter error)
    {
        var mirrors = RunningMirrors.Find(source);
        if (mirrors.Count == 0)
        {
            error.WriteLine($"changedfiles: {RunningMirrors.NoneFound(source)}");
            return ExitCode.SocketIO;
        }
        var good = true;
        foreach (var (_, status) in mirrors)
        {
            if (json)
                output.WriteLine(status.ToJsonString());
            else
                output.WriteLine($"{status["source"]} (process {status["pid"]}, {status["watching"]})");
            foreach (var destination in status["destinations"]!.AsArray())
            {
                good &= IsGood(destination!);
                if (!json)
                    output.Write(Lines(destination!));
            }
        }
        return good ? ExitCode.Success : ExitCode.PartialTransfer;
    }

    /// <summary>One destination for people.</summary>
    internal static string Lines(JsonNode destination)
    {
        var state = (string)destination["state"]!;
        var lag = (double)destination["lag_seconds"]!;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"  {destination["destination"]}: {state}, {destination["pending"]} pending, confirmed up to {destination["watermark"]} ({lag:0.000} s ago), {(long)destination["files"]!:N0} files, {(long)destination["sent_bytes"]!:N0} bytes sent\n");
        if (destination["reason"] is { } reason)
            text += $"    {reason}\n    {Advice(state, destination)}\n";
        foreach (var failure in destination["failing"]!.AsArray())
            text += $"    failing: {failure!["path"]}: {failure["reason"]} (tried again by itself)\n";
        return text;
    }

    private static string Advice(string state, JsonNode destination) => state switch
    {
        "waiting" => "it is mirrored as soon as something is in it",
        "away" => string.Create(CultureInfo.InvariantCulture, $"tried again by itself, next in {(double?)destination["next_attempt_seconds"] ?? 0:0.0} s"),
        "held" => "see that the source is right; if it is meant, `changedfiles resume SRC` goes on",
        "halted" => "the destination keeps what it has: see that the source is right, then start the mirror again",
        _ => "put that right, then start the mirror again",
    };

    private static bool IsGood(JsonNode destination) =>
        (string)destination["state"]! is "following" or "syncing" or "waiting" && (int)destination["failures"]! == 0;
}
