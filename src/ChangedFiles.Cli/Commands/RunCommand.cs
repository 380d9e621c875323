using System.CommandLine;
using ChangedFiles.Cli.Output;
using ChangedFiles.Engine.Watching;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles run [-c FILE]</c>: the daemon, in the foreground.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = RuleFileOption.Create();
        var deadLetters = DeadLetters();
        var source = new Option<EventSourceKind>("--source") { Description = "How changes are seen." };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Say what would be done instead of doing it." };
        var json = new Option<bool>("--json") { Description = "Log one JSON object a line." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Also log each run that went well." };
        var command = new Command("run", "Put a rule file to work, until SIGTERM; SIGHUP reads it again.")
        {
            config, deadLetters, source, dryRun, json, verbose,
        };
        command.SetAction(result =>
        {
            var least = result.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information;
            var log = new LogOutput(Console.Out, result.GetValue(json), least);
            using var run = new RuleRun(result.GetValue(config)!, result.GetValue(deadLetters)!, log)
            {
                DryRun = result.GetValue(dryRun),
                Watch = new WatchOptions { Kind = result.GetValue(source) },
            };
            return run.Run();
        });
        return command;
    }

    /// <summary>The same for the daemon and for <c>retry</c>.</summary>
    public static Option<string> DeadLetters() => new("--dead-letters")
    {
        Description = "Where actions are kept that failed for good.",
        DefaultValueFactory = _ => RuleState.DeadLetters,
        HelpName = "FILE",
    };
}
