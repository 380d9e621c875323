using System.Text;
using System.Text.Json;
using ChangedFiles.Engine.Rules;

namespace ChangedFiles.Engine.Running;

/// <summary>An action that was given up.</summary>
public sealed record DeadLetter(FileEvent Event, string Regex, string Action, string Place, int Attempts, string Reason);

/// <summary>
/// The file of actions that failed for good: one JSON object a line, so that people and programs can read it. Paths stand in it in
/// base64 too, as JSON cannot hold names that are no text.
/// </summary>
public sealed class DeadLetters(string path)
{
    private readonly Lock _writing = new();

    public string Path { get; } = path;

    public void Add(DeadLetter letter)
    {
        lock (_writing)
            File.AppendAllText(Path, Write(letter) + "\n");
    }

    /// <summary>Takes all letters out of the file. Lines that are none are passed over, and left in <c>FILE.bad</c>.</summary>
    public IReadOnlyList<DeadLetter> TakeAll()
    {
        lock (_writing)
        {
            if (!File.Exists(Path))
                return [];
            var taken = Path + ".taken";
            File.Move(Path, taken, overwrite: true);
            var letters = new List<DeadLetter>();
            foreach (var line in File.ReadLines(taken))
            {
                if (Read(line) is { } letter)
                    letters.Add(letter);
                else if (line.Length > 0)
                    File.AppendAllText(Path + ".bad", line + "\n");
            }
            File.Delete(taken);
            return letters;
        }
    }

    /// <summary>The same action of rules that may have been reloaded since; null when they no longer hold it.</summary>
    public static RuleMatch? Revive(DeadLetter letter, RuleSet rules)
    {
        foreach (var rule in rules.Rules.Where(r => r.Regex == letter.Regex))
        {
            if (rule.Lines.FirstOrDefault(l => l.Action.Source == letter.Action) is { } line)
                return new RuleMatch(rule, line, letter.Event);
        }
        return null;
    }

    private static string Write(DeadLetter letter)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", letter.Event.Time);
            writer.WriteString("operation", letter.Event.Operation.Spell());
            writer.WriteString("file", Rsync.Files.TreePath.Printable(letter.Event.Path));
            writer.WriteBase64String("path", letter.Event.Path);
            if (letter.Event.OldPath is { } old)
                writer.WriteBase64String("old_path", old);
            writer.WriteBoolean("directory", letter.Event.IsDirectory);
            writer.WriteString("rule", letter.Regex);
            writer.WriteString("action", letter.Action);
            writer.WriteString("place", letter.Place);
            writer.WriteNumber("attempts", letter.Attempts);
            writer.WriteString("reason", letter.Reason);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static DeadLetter? Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var spelled = root.GetProperty("operation").GetString()!.Split('|');
            var operation = Operation.None;
            foreach (var name in spelled)
                operation |= OperationNames.TryParse(name, out var one) ? one : throw new FormatException(name);
            var fileEvent = new FileEvent(operation, root.GetProperty("path").GetBytesFromBase64())
            {
                OldPath = root.TryGetProperty("old_path", out var old) ? old.GetBytesFromBase64() : null,
                IsDirectory = root.GetProperty("directory").GetBoolean(),
                Time = root.GetProperty("time").GetDateTimeOffset(),
            };
            var attempts = root.GetProperty("attempts").GetInt32();
            return new DeadLetter(fileEvent, Text("rule"), Text("action"), Text("place"), attempts, Text("reason"));

            string Text(string name) => root.GetProperty(name).GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
