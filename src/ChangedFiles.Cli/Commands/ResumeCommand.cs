using System.CommandLine;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles resume SRC</c>: a running mirror that held because of <c>--max-delete</c> deletes what it has to.</summary>
internal static class ResumeCommand
{
    private static readonly Argument<string> Source = new("SRC") { Description = "The mirrored directory." };

    public static Command Create()
    {
        var command = new Command("resume", "Let a mirror that --max-delete holds go on: what it has to delete is meant.") { Source };
        command.SetAction(parsed => (int)Run(parsed.GetRequiredValue(Source), Console.Error));
        return command;
    }

    internal static ExitCode Run(string source, TextWriter error)
    {
        var mirrors = RunningMirrors.Find(source);
        if (RunningMirrors.Tell(mirrors, "resume", "resumed"))
            return ExitCode.Success;
        error.WriteLine($"changedfiles: {(mirrors.Count == 0 ? RunningMirrors.NoneFound(source) : $"no mirror of {source} is held")}");
        return ExitCode.SocketIO;
    }
}
