using System.CommandLine;
using ChangedFiles.Engine.Rules.Import;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles import incrontab|lsyncd FILE</c>: prints rules; what they leave out goes to standard error.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var command = new Command("import", "Print another program's configuration as rules, and say what was left out.");
        command.Subcommands.Add(Kind("incrontab", "An incron table.", IncrontabImport.Import));
        command.Subcommands.Add(Kind("lsyncd", "An lsyncd configuration.", LsyncdImport.Import));
        return command;
    }

    private static Command Kind(string name, string description, Func<string, string, ImportedRules> import)
    {
        var file = new Argument<string>("FILE") { Description = description };
        var command = new Command(name, description) { file };
        command.SetAction(result => Run(result.GetValue(file)!, import, Console.Out, Console.Error));
        return command;
    }

    /// <summary>Exit code 0 also when something was left out: it is said, and a matter of judgement.</summary>
    internal static int Run(string path, Func<string, string, ImportedRules> import, TextWriter output, TextWriter error)
    {
        try
        {
            var rules = import(path, ArgumentText.Decode(File.ReadAllBytes(path)));
            output.Write(rules.Text);
            foreach (var left in rules.LeftOut)
                error.WriteLine($"changedfiles: not carried over: {left}");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"changedfiles: cannot read {path}: {e.Message}");
            return 1;
        }
    }
}
