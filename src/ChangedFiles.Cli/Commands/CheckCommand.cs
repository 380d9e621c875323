using System.CommandLine;
using System.Text.Json;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles check [-c FILE] [--json]</c>: every error and warning at once, then what each line would do and how.</summary>
internal static class CheckCommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

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
            output.WriteLine(Json.Write(writer => WriteJson(writer, path, file), Indented));
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

    private static void WriteJson(Utf8JsonWriter writer, string path, RuleFile file)
    {
        writer.WriteString("file", path);
        writer.WriteBoolean("good", file.IsGood);
        writer.WriteStartArray("diagnostics");
        foreach (var diagnostic in file.Diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
            writer.WriteString("file", diagnostic.File);
            writer.WriteNumber("line", diagnostic.Line);
            writer.WriteNumber("column", diagnostic.Column);
            writer.WriteNumber("length", diagnostic.Length);
            writer.WriteString("message", diagnostic.Message);
            writer.WriteString("hint", diagnostic.Hint);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("rules");
        foreach (var rule in file.Rules.Rules)
            WriteRule(writer, rule);
        writer.WriteEndArray();
    }

    private static void WriteRule(Utf8JsonWriter writer, Rule rule)
    {
        writer.WriteStartObject();
        writer.WriteString("file", rule.File);
        writer.WriteNumber("line", rule.LineNumber);
        writer.WriteString("regex", rule.Regex);
        writer.WriteStartArray("ignores");
        foreach (var ignore in rule.Ignores)
            writer.WriteStringValue(ignore.Regex);
        writer.WriteEndArray();
        writer.WriteStartArray("actions");
        foreach (var line in rule.Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("operations", line.Operations.Spell());
            writer.WriteNumber("line", line.LineNumber);
            writer.WriteString("runs", line.Action.Manner);
            writer.WriteString("action", line.Action.Source);
            writer.WriteString("not_in_process", line.Action.Note);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
