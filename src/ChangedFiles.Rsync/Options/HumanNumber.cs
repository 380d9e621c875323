using System.Globalization;

namespace ChangedFiles.Rsync.Options;

/// <summary>Numbers in the forms of rsync's <c>-h</c> levels.</summary>
internal static class HumanNumber
{
    private const string Letters = "KMGTP";

    /// <summary>
    /// <paramref name="value"/> at a level: 0 plain digits, 1 (rsync's default) groups of three, 2 units of 1000, 3 units of 1024.
    /// </summary>
    public static string Format(long value, int level) => level switch
    {
        <= 0 => value.ToString(CultureInfo.InvariantCulture),
        1 => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => Units(value, level == 2 ? 1000 : 1024),
    };

    /// <summary>The same for a value with <paramref name="decimals"/> decimals.</summary>
    public static string Format(double value, int level, int decimals) =>
        level >= 2 && Math.Abs(value) >= 1000
            ? Format((long)value, level)
            : value.ToString((level > 0 ? "#,0." : "0.") + new string('0', decimals), CultureInfo.InvariantCulture);

    /// <summary>Two decimals and a unit letter from one unit on, plain digits below.</summary>
    public static string Units(long value, int unit)
    {
        if (Math.Abs(value) < unit)
            return value.ToString(CultureInfo.InvariantCulture);
        double scaled = value;
        var letter = -1;
        do
        {
            scaled /= unit;
            letter++;
        }
        while (Math.Abs(scaled) >= unit && letter < Letters.Length - 1);
        return scaled.ToString("0.00", CultureInfo.InvariantCulture) + Letters[letter];
    }
}
