using System.Globalization;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;

namespace ChangedFiles.Cli.Output;

/// <summary>The line of a first sync: how far it is, how fast, and how long it will take.</summary>
internal static class Progress
{
    /// <summary>What a name costs beside its contents, as bytes: many small files take longer than one large one.</summary>
    private const double BytesPerName = 16 << 10;

    private const int BarWidth = 20;

    /// <param name="totals">What there is to sync, as far as it has been counted.</param>
    /// <param name="elapsed">Time since the start.</param>
    public static string Text(DestinationStatus status, SourceTotals? totals, TimeSpan elapsed)
    {
        var rate = Sizes.Text((long)(status.NamedBytes / Math.Max(0.1, elapsed.TotalSeconds)));
        var done = string.Create(CultureInfo.InvariantCulture, $"{status.Names:N0} names, {Sizes.Text(status.NamedBytes)}, {rate}/s");
        if (totals is not { Complete: true })
            return $"syncing: {done}";
        var share = Math.Clamp((status.NamedBytes + status.Names * BytesPerName) / (totals.Bytes + totals.Names * BytesPerName), 0, 1);
        var filled = (int)(share * BarWidth);
        var left = share > 0.01 ? $", {Time(elapsed * ((1 - share) / share))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {share:P0} {done}{left}");
    }

    private static string Time(TimeSpan time) => time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
