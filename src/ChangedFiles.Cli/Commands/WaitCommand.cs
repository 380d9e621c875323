using System.CommandLine;
using System.Globalization;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary>
/// <c>changedfiles wait SRC</c>: returns when everything that had happened in SRC when it was called is at the destinations. Exit code 0 when it is, 30
/// when it is not in time, 23 when a destination was given up or the mirror ended, 10 when there is no such mirror.
/// </summary>
internal static class WaitCommand
{
    private static readonly Argument<string> Source = new("SRC") { Description = "The mirrored directory." };
    private static readonly Option<string> To = new("--to") { Description = "Wait for this destination only, as it was written when the mirror was started.", HelpName = "DEST" };
    private static readonly Option<double?> Timeout = new("--timeout") { Description = "Give up after so many seconds.", HelpName = "SECONDS" };

    public static Command Create()
    {
        var command = new Command("wait", "Wait until everything that has happened in SRC so far is at the destinations.") { Source, To, Timeout };
        command.SetAction(parsed => (int)Run(parsed.GetRequiredValue(Source), parsed.GetValue(To), parsed.GetValue(Timeout), Console.Error));
        return command;
    }

    internal static ExitCode Run(string source, string? destination, double? timeout, TextWriter error)
    {
        var mirrors = RunningMirrors.Find(source);
        var known = false;
        var worst = ExitCode.Success;
        foreach (var (socket, _) in mirrors)
        {
            var answer = RunningMirrors.Ask(socket, "wait", destination ?? "", timeout?.ToString(CultureInfo.InvariantCulture) ?? "");
            var result = (string?)answer?["result"] ?? "ended";
            known |= result != "unknown";
            if (result is "unknown" or "confirmed")
                continue;
            error.WriteLine(result == "timeout" ? "changedfiles: not confirmed in time:" : "changedfiles: it will not be confirmed:");
            foreach (var status in answer?["destinations"]?.AsArray() ?? [])
                error.Write(StatusCommand.Lines(status!));
            worst = result == "timeout" && worst == ExitCode.Success ? ExitCode.Timeout : ExitCode.PartialTransfer;
        }
        if (known)
            return worst;
        error.WriteLine($"changedfiles: {(mirrors.Count == 0 ? RunningMirrors.NoneFound(source) : $"{destination} is no destination of {source}: `changedfiles status {source}` lists them")}");
        return ExitCode.SocketIO;
    }
}
