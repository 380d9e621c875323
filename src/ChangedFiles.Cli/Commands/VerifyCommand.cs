using System.CommandLine;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary>
/// <c>changedfiles verify SRC</c>: a running mirror compares everything with its destinations, for when somebody else has changed them. <c>wait</c> tells
/// when it is through.
/// </summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Source = new("SRC") { Description = "The mirrored directory." };

    public static Command Create()
    {
        var command = new Command("verify", "Have a running mirror compare everything with its destinations, and repair what differs.") { Source };
        command.SetAction(parsed => (int)Run(parsed.GetRequiredValue(Source), Console.Error));
        return command;
    }

    internal static ExitCode Run(string source, TextWriter error)
    {
        if (RunningMirrors.Tell(RunningMirrors.Find(source), "verify", "begun"))
            return ExitCode.Success;
        error.WriteLine($"changedfiles: {RunningMirrors.NoneFound(source)}");
        return ExitCode.SocketIO;
    }
}
