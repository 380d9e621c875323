using System.Globalization;

namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>The numbers of option values.</summary>
internal static class Numbers
{
    private const string Units = "bkmgtp";

    /// <summary>A 32-bit number in C notation; an empty text is 0.</summary>
    /// <param name="word">The word it stands in, for an error.</param>
    /// <param name="text">The value.</param>
    public static int Int(string word, string text)
    {
        var digits = text.AsSpan().TrimStart();
        var negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+"))
            digits = digits[1..];
        if (digits.IsEmpty && text.Length > 0)
            throw Usage.Syntax($"{word}: invalid numeric value");
        if (!TryUnsigned(digits, out var value))
            throw Usage.Syntax($"{word}: invalid numeric value");
        var signed = negative ? -value : value;
        return signed is >= int.MinValue and <= int.MaxValue
            ? (int)signed
            : throw Usage.Syntax($"{word}: number too large or too small");
    }

    /// <summary>
    /// A size: digits with an optional fraction, a unit (<c>K</c> or <c>KiB</c> = 1024, <c>KB</c> = 1000, up to <c>P</c>),
    /// and at the end perhaps <c>+1</c> or <c>-1</c>.
    /// </summary>
    /// <param name="shown">The option as it is named in an error.</param>
    /// <param name="text">The value.</param>
    /// <param name="unit">The unit where none is written: b, k, ...</param>
    /// <param name="min">The smallest value allowed, apart from 0 with <paramref name="unlimited"/>.</param>
    /// <param name="max">The largest value allowed.</param>
    /// <param name="unlimited">0 is allowed and means without limit.</param>
    public static long Size(string shown, string text, char unit, long min, long max, bool unlimited)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && !text.AsSpan(0, end).Contains('.'))))
            end++;
        var rest = text.AsSpan(end);
        if (!TryFactor(ref rest, unit, out var factor) || rest is not ("" or "+1" or "-1"))
            throw Usage.Syntax($"{shown}={text} is invalid");
        decimal number = 0;
        if (end > 0 && text.AsSpan(0, end) is not "." && !decimal.TryParse(text.AsSpan(0, end), CultureInfo.InvariantCulture, out number))
            number = decimal.MaxValue;
        var size = number > long.MaxValue / factor ? decimal.MaxValue : decimal.Truncate(number * factor);
        size += rest is "+1" && size < decimal.MaxValue ? 1 : rest is "-1" ? -1 : 0;
        if (size > max || size < 0)
            throw Usage.Syntax($"{shown}={text} is too large{(max == long.MaxValue || size < 0 ? "" : $" (max: {HumanNumber.Units(max, 1024)})")}");
        if (size < min && !(unlimited && size == 0))
            throw Usage.Syntax($"{shown}={text} is too small (min: {HumanNumber.Units(min, 1024)}{(unlimited ? " or 0 for unlimited" : "")})");
        return (long)size;
    }

    private static bool TryFactor(ref ReadOnlySpan<char> rest, char unit, out long factor)
    {
        var power = rest.IsEmpty || !char.IsAsciiLetter(rest[0]) ? Units.IndexOf(unit) : Units.IndexOf(char.ToLowerInvariant(rest[0]));
        factor = 1;
        if (power < 0)
            return false;
        var step = 1024;
        if (!rest.IsEmpty && char.IsAsciiLetter(rest[0]))
        {
            rest = rest[1..];
            if (rest.StartsWith("ib", StringComparison.OrdinalIgnoreCase))
                rest = rest[2..];
            else if (rest.StartsWith("b", StringComparison.OrdinalIgnoreCase))
            {
                rest = rest[1..];
                step = 1000;
            }
        }
        for (var i = 0; i < power; i++)
            factor *= step;
        return true;
    }

    private static bool TryUnsigned(ReadOnlySpan<char> digits, out decimal value)
    {
        value = 0;
        var radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && digits.Length > 2)
        {
            digits = digits[2..];
            radix = 16;
        }
        else if (digits.StartsWith("0"))
            radix = 8;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c) || Convert.ToInt32(c.ToString(), 16) is var digit && digit >= radix)
                return false;
            value = Math.Min(value * radix + digit, long.MaxValue);
        }
        return true;
    }
}
