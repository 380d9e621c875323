using System.Globalization;

namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>
/// The value of <c>--stop-at</c>: <c>year-month-dayThour:minute</c> in local time, with "/" as well as "-", where parts may be
/// left out from the left of the date and of the time. It is the next moment that fits what is given.
/// </summary>
internal static class StopTime
{
    /// <summary>How many candidates are looked at: enough for the next 29th of February.</summary>
    private const int MostSteps = 100;

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        var separator = text.IndexOf('T', StringComparison.OrdinalIgnoreCase);
        var date = separator >= 0 ? text[..separator] : text.Contains(':') ? "" : text;
        var time = separator >= 0 ? text[(separator + 1)..] : text.Contains(':') ? text : "";
        if ((date.Length == 0 && time.Length == 0) || !TryDate(date, out var year, out var month, out var day))
            return false;
        if (!TryTime(time, out var hour, out var minute))
            return false;
        if (date.Length > 0)
            hour ??= 0;
        if (!TryNext(now.DateTime, year, month, day, hour, minute, out var next))
            return false;
        moment = new DateTimeOffset(next, now.Offset);
        return true;
    }

    /// <summary>Steps by the smallest unit that was left out until a moment after <paramref name="now"/> fits; a full date is taken as it is.</summary>
    private static bool TryNext(DateTime now, int? year, int? month, int? day, int? hour, int minute, out DateTime next)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            var unit = hour is null ? now.AddHours(step) : day is null ? now.AddDays(step)
                : month is null ? new DateTime(now.Year, now.Month, 1).AddMonths(step) : new DateTime(now.Year, 1, 1).AddYears(step);
            var (y, m, d) = (year ?? unit.Year, month ?? unit.Month, day ?? unit.Day);
            if (d > DateTime.DaysInMonth(y, m))
            {
                if (year is not null)
                    break;
                continue;
            }
            next = new DateTime(y, m, d, hour ?? unit.Hour, minute, 0, DateTimeKind.Unspecified);
            if (next > now || year is not null)
                return true;
        }
        next = default;
        return false;
    }

    private static bool TryDate(string text, out int? year, out int? month, out int? day)
    {
        year = month = day = null;
        if (text.Length == 0)
            return true;
        var parts = text.Split('-', '/');
        if (parts.Length > 3 || !TryNumber(parts[^1], 1, 31, out var d))
            return false;
        day = d;
        if (parts.Length > 1)
        {
            if (!TryNumber(parts[^2], 1, 12, out var m))
                return false;
            month = m;
        }
        if (parts.Length > 2)
        {
            if (!TryNumber(parts[0], 0, 9999, out var y))
                return false;
            year = y < 100 ? 2000 + y : y;
        }
        return true;
    }

    private static bool TryTime(string text, out int? hour, out int minute)
    {
        hour = null;
        minute = 0;
        if (text.Length == 0)
            return true;
        var parts = text.Split(':');
        if (parts.Length != 2 || !TryNumber(parts[1], 0, 59, out minute))
            return false;
        if (parts[0].Length == 0)
            return true;
        var valid = TryNumber(parts[0], 0, 23, out var h);
        hour = h;
        return valid;
    }

    private static bool TryNumber(string text, int min, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;
}
