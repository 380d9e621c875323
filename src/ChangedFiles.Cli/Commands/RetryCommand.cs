using System.CommandLine;
using ChangedFiles.Cli.Output;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Rsync.Files;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles retry [-c FILE]</c>: runs the actions that were given up once more.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var config = RuleFileOption.Create();
        var deadLetters = RunCommand.DeadLetters();
        var list = new Option<bool>("--list") { Description = "Only say what is there." };
        var command = new Command("retry", "Run actions that failed for good once more.") { config, deadLetters, list };
        command.SetAction(result =>
        {
            try
            {
                var letters = new DeadLetters(result.GetValue(deadLetters)!);
                return result.GetValue(list) ? List(letters) : Run(result.GetValue(config)!, letters);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"changedfiles: {e.Message}; --dead-letters names another file");
                return 1;
            }
        });
        return command;
    }

    private static int List(DeadLetters letters)
    {
        foreach (var letter in letters.Read())
        {
            Console.WriteLine($"{letter.Event.Time.LocalDateTime:yyyy-MM-dd HH:mm:ss} {letter.Place}: {letter.Event.Operation.Spell()} {TreePath.Printable(letter.Event.Path)}");
            Console.WriteLine($"    {letter.Action}");
            Console.WriteLine($"    {letter.Reason} ({letter.Attempts} failures)");
        }
        return 0;
    }

    /// <summary>Exit code 0 when nothing is left, else 1.</summary>
    private static int Run(string path, DeadLetters deadLetters)
    {
        if (RuleFileOption.Load(path, Console.Error) is not { } file)
            return 1;
        if (!file.IsGood)
        {
            RuleFileOption.Print(file, Console.Error);
            return 1;
        }
        var log = new LogOutput(Console.Out, json: false, LogLevel.Debug);
        using var rsync = new RsyncLines((action, from, to) => RuleRsync.Open(action, from, to, log));
        using var executor = new ActionExecutor(log, rsync.Run);
        var letters = deadLetters.TakeAll();
        var strange = Replay(letters, file.Rules, new ActionRunner(executor, log, deadLetters)).GetAwaiter().GetResult();
        foreach (var letter in strange)
        {
            Console.Error.WriteLine($"changedfiles: kept: {path} has no such action any more: RULE {letter.Regex}, {letter.Action}");
            deadLetters.Add(letter);
        }
        deadLetters.Settle();
        var left = deadLetters.Read().Count;
        Console.WriteLine($"{letters.Count - strange.Count} tried again, {left} left");
        return left == 0 ? 0 : 1;
    }

    /// <summary>Returns those that the rules do not hold any more.</summary>
    private static async Task<IReadOnlyList<DeadLetter>> Replay(IReadOnlyList<DeadLetter> letters, RuleSet rules, ActionRunner runner)
    {
        var strange = new List<DeadLetter>();
        await using (runner)
        {
            runner.SetParallel(rules.Settings.Parallel);
            foreach (var letter in letters)
            {
                if (DeadLetters.Revive(letter, rules) is { } match)
                    runner.Post(match);
                else
                    strange.Add(letter);
            }
            await runner.FinishAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
        }
        return strange;
    }
}
