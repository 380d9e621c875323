using System.CommandLine;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles explain PATH [OPERATION] [--from OLD]</c>: which rules a path meets, and what would happen.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "The path, for a rename the new one." };
        var operation = new Argument<string>("OPERATION")
        {
            Description = "OPENW, CREATE, ... ANY",
            DefaultValueFactory = _ => nameof(Operation.ANY),
        };
        var from = new Option<string?>("--from") { Description = "For RENAME: the path before.", HelpName = "OLD" };
        var config = RuleFileOption.Create();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("explain", "Say which rules a path meets and what they would do.") { path, operation, from, config, json };
        command.SetAction(result =>
        {
            if (!OperationNames.TryParse(result.GetValue(operation), out var what))
            {
                Console.Error.WriteLine($"changedfiles: there is no operation {result.GetValue(operation)}; "
                    + $"there are {string.Join(' ', OperationNames.Single)} ANY");
                return 1;
            }
            var old = result.GetValue(from);
            var fileEvent = new FileEvent(old is null ? what : Operation.RENAME, Absolute(result.GetValue(path)!))
            {
                OldPath = old is null ? null : Absolute(old),
                Time = DateTimeOffset.UtcNow,
            };
            return Run(result.GetValue(config)!, fileEvent, result.GetValue(json), Console.Out, Console.Error);
        });
        return command;
    }

    /// <summary>Exit code 0 when something would run, 1 when nothing would or the rules have errors.</summary>
    internal static int Run(string config, FileEvent fileEvent, bool json, TextWriter output, TextWriter error)
    {
        if (RuleFileOption.Load(config, error) is not { } file)
            return 1;
        if (!file.IsGood)
        {
            RuleFileOption.Print(file, error);
            return 1;
        }
        var explanation = Explanation.Of(file.Rules, fileEvent);
        if (json)
            output.WriteLine(AsJson(explanation).Indented());
        else
            Print(explanation, output);
        return explanation.Verdicts.Any(v => v.Actions.Count > 0) ? 0 : 1;
    }

    private static byte[] Absolute(string path) => ArgumentText.Encode(Path.GetFullPath(path));

    private static void Print(Explanation explanation, TextWriter output)
    {
        var fileEvent = explanation.Event;
        var old = fileEvent.OldPath is { } before ? TreePath.Printable(before) + " -> " : "";
        output.WriteLine($"{fileEvent.Operation.Spell()} {old}{TreePath.Printable(fileEvent.Path)}");
        if (explanation.Verdicts.Count == 0)
            output.WriteLine("    no RULE matches: nothing happens");
        foreach (var (rule, ignoredBy, actions) in explanation.Verdicts)
        {
            output.WriteLine($"{rule.File}:{rule.LineNumber}: RULE {rule.Regex}");
            if (ignoredBy is not null)
                output.WriteLine($"    ignored by {ignoredBy.File}:{ignoredBy.LineNumber}: IGNORE {ignoredBy.Regex}");
            else if (actions.Count == 0)
                output.WriteLine($"    matches, but no line is for {fileEvent.Operation.Spell()}");
            foreach (var action in actions)
            {
                var asSeen = action.Event.Operation == fileEvent.Operation ? "" : $" (to this rule {action.Event.Operation.Spell()})";
                var line = action.Line;
                output.WriteLine($"    line {line.LineNumber}: {line.Operations.Spell()}{asSeen} [{line.Action.Manner}]");
                output.WriteLine($"        {action.Line.Action.Describe(action.Values)}");
            }
        }
    }

    private static JsonObject AsJson(Explanation explanation)
    {
        var json = new JsonObject
        {
            ["operation"] = explanation.Event.Operation.Spell(),
            ["path"] = TreePath.Printable(explanation.Event.Path),
        };
        if (explanation.Event.OldPath is { } old)
            json["from"] = TreePath.Printable(old);
        json["rules"] = explanation.Verdicts.ToJson(verdict => new()
        {
            ["regex"] = verdict.Rule.Regex,
            ["file"] = verdict.Rule.File,
            ["line"] = verdict.Rule.LineNumber,
            ["ignored_by"] = verdict.IgnoredBy?.Regex,
            ["actions"] = verdict.Actions.ToJson(action => new()
            {
                ["line"] = action.Line.LineNumber,
                ["operation"] = action.Event.Operation.Spell(),
                ["runs"] = action.Line.Action.Manner,
                ["action"] = action.Line.Action.Describe(action.Values),
            }),
        });
        return json;
    }
}
