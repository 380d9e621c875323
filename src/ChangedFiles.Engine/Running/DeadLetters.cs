using System.Diagnostics;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Path { get; } = path;

    // What is taken out waits here until it is settled, so that a crash in between loses nothing.
    private string Taken => Path + ".taken";

    public void Add(DeadLetter letter)
    {
        using var file = Open();
        file.Write(Encoding.UTF8.GetBytes(Write(letter) + "\n"));
    }

    /// <summary>Takes all letters out of the file; <see cref="Settle"/> forgets them. Lines that are none are left in <c>FILE.bad</c>.</summary>
    public IReadOnlyList<DeadLetter> TakeAll()
    {
        using (var file = Open())
        {
            using var taken = new FileStream(Taken, FileMode.Append);
            file.Position = 0;
            file.CopyTo(taken);
            taken.Flush(flushToDisk: true);
            file.SetLength(0);
        }
        var lines = File.ReadAllLines(Taken);
        var bad = lines.Where(line => line.Length > 0 && Read(line) is null).ToList();
        if (bad.Count > 0)
            File.AppendAllLines(Path + ".bad", bad);
        return [.. lines.Select(Read).OfType<DeadLetter>()];
    }

    /// <summary>The letters in the file, which stay there.</summary>
    public IReadOnlyList<DeadLetter> Read()
    {
        using var file = Open();
        file.Position = 0;
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n').Select(Read).OfType<DeadLetter>()];
    }

    /// <summary>What was taken is done, or was added again.</summary>
    public void Settle() => File.Delete(Taken);

    // Only one program at a time has it open.
    private FileStream Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        var deadline = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            try
            {
                var file = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                file.Position = file.Length;
                return file;
            }
            catch (IOException) when (Stopwatch.GetTimestamp() < deadline && File.Exists(Path))
            {
                Thread.Sleep(5);
            }
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
