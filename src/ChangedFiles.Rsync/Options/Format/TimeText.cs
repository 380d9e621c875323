using System.Globalization;

namespace ChangedFiles.Rsync.Options.Format;

/// <summary>Times as rsync prints them: <c>2026/01/31 23:59:58</c>.</summary>
internal static class TimeText
{
    /// <summary>Year to second, with <paramref name="separator"/> between date and time.</summary>
    public static string Format(DateTime time, char separator = ' ') =>
        time.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture) + separator + time.ToString("HH':'mm':'ss", CultureInfo.InvariantCulture);
}
