using System.CommandLine;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles check [-c FILE] [--json]</c>: every error and warning at once, then what each line would do and how.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = RuleFileOption.Create();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("check", "Say what is wrong in a rule file, and how each of its actions will run.") { config, json };
        command.SetAction(result => Run(result.GetValue(config)!, result.GetValue(json), Console.Out, Console.Error));
        return command;
    }

    /// <summary>Exit code 0 when the rules can be put to work (warnings do not count), else 1.</summary>
    internal static int Run(string path, bool json, TextWriter output, TextWriter error)
    {
        if (RuleFileOption.Load(path, error) is not { } file)
            return 1;
        if (json)
            output.WriteLine(AsJson(path, file).Indented());
        else
            Print(path, file, output, error);
        return file.IsGood ? 0 : 1;
    }

    private static void Print(string path, RuleFile file, TextWriter output, TextWriter error)
    {
        RuleFileOption.Print(file, error);
        foreach (var rule in file.Rules.Rules)
        {
            output.WriteLine($"{rule.File}:{rule.LineNumber}: RULE {rule.Regex}");
            foreach (var ignore in rule.Ignores)
                output.WriteLine($"    IGNORE {ignore.Regex}");
            foreach (var line in rule.Lines)
            {
                output.WriteLine($"    {line.Operations.Spell(),-9} [{line.Action.Manner}] {line.Action.Source}");
                if (line.Action.Note is { } note)
                    output.WriteLine($"              not in-process: {note}");
                if (line.Action is MirrorAction mirror)
                    output.WriteLine($"              from {mirror.Root.TrimEnd('/')}/ to {mirror.Destination}");
            }
        }
        output.WriteLine(Summary(path, file));
    }

    private static string Summary(string path, RuleFile file)
    {
        var manners = file.Rules.Rules.SelectMany(r => r.Lines).CountBy(l => l.Action.Manner).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => $"{m.Value} {m.Key}");
        return $"{path}: {Count(file.Rules.Rules.Count, "rule")} ({string.Join(", ", manners.DefaultIfEmpty("no actions"))}), "
            + $"{Count(file.Errors.Count(), "error")}, {Count(file.Warnings.Count(), "warning")}";
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static JsonObject AsJson(string path, RuleFile file) => new()
    {
        ["file"] = path,
        ["good"] = file.IsGood,
        ["diagnostics"] = file.Diagnostics.ToJson(diagnostic => new()
        {
            ["severity"] = diagnostic.Severity.ToString().ToLowerInvariant(),
            ["file"] = diagnostic.File,
            ["line"] = diagnostic.Line,
            ["column"] = diagnostic.Column,
            ["length"] = diagnostic.Length,
            ["message"] = diagnostic.Message,
            ["hint"] = diagnostic.Hint,
        }),
        ["rules"] = file.Rules.Rules.ToJson(rule => new()
        {
            ["file"] = rule.File,
            ["line"] = rule.LineNumber,
            ["regex"] = rule.Regex,
            ["ignores"] = new JsonArray([.. rule.Ignores.Select(ignore => (JsonNode)ignore.Regex)]),
            ["actions"] = rule.Lines.ToJson(line => new()
            {
                ["operations"] = line.Operations.Spell(),
                ["line"] = line.LineNumber,
                ["runs"] = line.Action.Manner,
                ["action"] = line.Action.Source,
                ["not_in_process"] = line.Action.Note,
            }),
        }),
    };
}
