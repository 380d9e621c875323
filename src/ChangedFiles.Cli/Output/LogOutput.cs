using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Output;

/// <summary>The log of a daemon in the foreground: lines for people, or one JSON object a line with the values of the message as fields.</summary>
internal sealed class LogOutput(TextWriter output, bool json, LogLevel least) : ILogger
{
    private readonly Lock _lock = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var message = formatter(state, exception) + (exception is null ? "" : $": {exception}");
        var line = json ? Object(logLevel, eventId, message, state as IEnumerable<KeyValuePair<string, object?>>) : Line(logLevel, message);
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string Line(LogLevel level, string message)
    {
        var severity = level switch { LogLevel.Warning => "warning: ", LogLevel.Error or LogLevel.Critical => "error: ", _ => "" };
        return string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyy-MM-dd HH:mm:ss} {severity}{message}");
    }

    private static string Object(LogLevel level, EventId id, string message, IEnumerable<KeyValuePair<string, object?>>? values)
    {
        var line = new JsonObject
        {
            ["time"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["level"] = level.ToString().ToLowerInvariant(),
            ["event"] = id.Name,
            ["message"] = message,
        };
        foreach (var (name, value) in values ?? [])
        {
            if (name != "{OriginalFormat}")
                line[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)] = Value(value);
        }
        return line.ToJsonString();
    }

    private static JsonValue? Value(object? value) => value switch
    {
        null => null,
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
