using System.Globalization;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>The setting lines: TIMEOUT, RETRY, PARALLEL, QUIET, USER, WORKDIR, BATCH.</summary>
internal static class SettingsParser
{
    public const int MaxParallel = 1024;
    public const int MaxRetries = 100;
    public const int MaxBatch = 100_000;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(7);
    private static readonly TimeSpan DefaultBatchWait = TimeSpan.FromSeconds(1);
    private const int DefaultBatch = 1000;

    public static IReadOnlyList<string> Names { get; } = ["TIMEOUT", "RETRY", "PARALLEL", "QUIET", "USER", "WORKDIR", "BATCH"];

    /// <summary>What each takes, for messages.</summary>
    public static string Usage(string name) => name switch
    {
        "TIMEOUT" => "TIMEOUT duration, for example 30s, 500ms, 5m, 1h; 0 for none",
        "RETRY" => "RETRY times [first-delay [longest-delay]], for example RETRY 5 1s 5m",
        "PARALLEL" => $"PARALLEL number, 1 to {MaxParallel}",
        "QUIET" => "QUIET duration, for example 2s",
        "USER" => "USER name",
        "WORKDIR" => "WORKDIR directory, absolute",
        _ => "BATCH stdin|args [most [longest-wait]], for example BATCH stdin 1000 2s",
    };

    /// <summary>Applies one line; null when its words are not right.</summary>
    public static ActionSettings? Apply(ActionSettings settings, string name, string value)
    {
        var words = value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return (name, words) switch
        {
            ("TIMEOUT", [var time]) when Duration(time) is { } timeout => settings with { Timeout = timeout },
            ("RETRY", [var times, .. var delays]) when Number(times, 0, MaxRetries) is { } retries => Retry(settings, retries, delays),
            ("PARALLEL", [var count]) when Number(count, 1, MaxParallel) is { } parallel => settings with { Parallel = parallel },
            ("QUIET", [var time]) when Duration(time) is { } quiet => settings with { Quiet = quiet },
            ("USER", [var user]) when IsUserName(user) => settings with { User = user },
            ("WORKDIR", _) when value.StartsWith('/') => settings with { WorkDirectory = value },
            ("BATCH", ["stdin" or "args", ..]) => Batch(settings, words),
            _ => null,
        };
    }

    private static ActionSettings? Retry(ActionSettings settings, int retries, string[] delays)
    {
        var given = delays.Select(Duration).ToArray();
        if (given.Length > 2 || given.Contains(null))
            return null;
        var first = given.ElementAtOrDefault(0) ?? settings.RetryDelay;
        var longest = given.ElementAtOrDefault(1) ?? settings.MaxRetryDelay;
        return settings with { Retries = retries, RetryDelay = first, MaxRetryDelay = longest < first ? first : longest };
    }

    private static ActionSettings? Batch(ActionSettings settings, string[] words)
    {
        var most = words.Length > 1 ? Number(words[1], 1, MaxBatch) : DefaultBatch;
        var wait = words.Length > 2 ? Duration(words[2]) : DefaultBatchWait;
        if (most is null || wait is null || words.Length > 3)
            return null;
        var input = words[0] == "stdin" ? BatchInput.Stdin : BatchInput.Args;
        return settings with { Batch = new BatchSettings(input, most.Value, wait.Value) };
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : null;

    internal static TimeSpan? Duration(string text)
    {
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        double? unit = text[digits.Length..] switch
        {
            "ms" => 0.001,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
        if (unit is null || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        var seconds = number * unit.Value;
        return seconds <= MaxDuration.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static bool IsUserName(string text) =>
        text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$');
}
