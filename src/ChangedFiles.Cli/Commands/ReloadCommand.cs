using System.CommandLine;
using ChangedFiles.Linux;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles reload [-c FILE]</c>: the daemon of this rule file reads it again.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        var config = RuleFileOption.Create();
        var command = new Command("reload", "Make the running daemon read its rule file again.") { config };
        command.SetAction(result => Run(result.GetValue(config)!, Console.Out, Console.Error));
        return command;
    }

    /// <summary>Exit code 1, and nothing changed, when the file has errors or nobody runs it.</summary>
    internal static int Run(string path, TextWriter output, TextWriter error)
    {
        if (RuleFileOption.Load(path, error) is not { } file)
            return 1;
        RuleFileOption.Print(file, error);
        if (!file.IsGood)
        {
            error.WriteLine("changedfiles: not reloaded: the rules from before stay at work");
            return 1;
        }
        if (RuleState.Running(path) is not { } process || !ChildProcess.Signal(process, ChildProcess.SIGHUP))
        {
            error.WriteLine($"changedfiles: nobody runs {path}: changedfiles run -c {path} does");
            return 1;
        }
        output.WriteLine($"process {process} reads {path} again");
        return 0;
    }
}
