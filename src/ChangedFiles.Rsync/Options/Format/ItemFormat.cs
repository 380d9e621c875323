using System.Buffers;
using System.Globalization;
using System.Text;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options.Format;

/// <summary>What an item's line depends on apart from the item: whose session it is.</summary>
internal sealed record ItemFormatContext
{
    /// <summary>For <c>%i</c>.</summary>
    public ItemizeContext Itemize { get; init; }

    /// <summary><see cref="PreserveOptions.Owner"/>; without, <c>%U</c> is 0.</summary>
    public bool PreserveOwner { get; init; }

    /// <summary><see cref="PreserveOptions.Group"/>; without, <c>%G</c> is DEFAULT.</summary>
    public bool PreserveGroup { get; init; }

    /// <summary>Bytes in a file checksum, for the width of <c>%C</c>.</summary>
    public int ChecksumLength { get; init; } = 16;

    /// <summary>A number, whose digits are shown highest first (xxHash), not a row of bytes.</summary>
    public bool ChecksumIsNumber { get; init; }

    /// <summary>The time zone of <c>%M</c> and <c>%t</c>; null is the local one, which is not looked up before it is needed.</summary>
    public TimeZoneInfo? Zone { get; init; }
}

/// <summary>
/// A format of <c>--out-format</c> or <c>--log-file-format</c>: text with escapes such as <c>%n</c> or <c>%-10l</c>. An apostrophe after the percent sign makes a number human-readable, each further one a level more.
/// </summary>
internal sealed class ItemFormat
{
    /// <summary>No field is made wider than this.</summary>
    private const int MaxWidth = 4096;

    /// <summary>Stock takes an escape with more of them for text.</summary>
    private const int MaxDigits = 23;

    private readonly List<Part> _parts = [];

    /// <param name="format">An escape that is not known stays as it is.</param>
    public ItemFormat(string format)
    {
        var literal = 0;
        for (var at = format.IndexOf('%', StringComparison.Ordinal); at >= 0; at = format.IndexOf('%', at))
        {
            var part = Part.Parse(format, at, out var end);
            if (part is null)
            {
                at++;
                continue;
            }
            _parts.Add(Part.OfText(format[literal..at]));
            _parts.Add(part);
            at = literal = end;
        }
        _parts.Add(Part.OfText(format[literal..]));
    }

    /// <summary>True when <paramref name="format"/> has the escape with this letter.</summary>
    public static bool Has(string format, char letter) => new ItemFormat(format)._parts.Exists(part => part.Letter == letter);

    /// <summary>Adds the item's line, without an end of line, names as they are (see <see cref="NameEscape"/>).</summary>
    public void Write(in ItemReport item, ItemFormatContext context, IBufferWriter<byte> output)
    {
        foreach (var part in _parts)
        {
            if (part.Letter == '\0')
                output.Write(part.Text);
            else if (Field(part, item, context) is { } value)
                Pad(value, part.Width, output);
            else
                output.Write(part.Text);
        }
    }

    private static void Pad(ReadOnlySpan<byte> value, int width, IBufferWriter<byte> output)
    {
        var fill = Math.Abs(width) - Encoding.UTF8.GetCharCount(value);
        if (fill > 0 && width > 0)
            Spaces(fill, output);
        output.Write(value);
        if (fill > 0 && width < 0)
            Spaces(fill, output);
    }

    private static void Spaces(int count, IBufferWriter<byte> output)
    {
        output.GetSpan(count)[..count].Fill((byte)' ');
        output.Advance(count);
    }

    private static byte[]? Field(Part part, in ItemReport item, ItemFormatContext context) => part.Letter switch
    {
        'n' => item.Kind == FileKind.Directory ? [.. item.Name.Span, (byte)'/'] : item.Name.ToArray(),
        'f' => FullName(item),
        'L' => Link(item),
        _ => TextField(part, item, context) is { } text ? Encoding.UTF8.GetBytes(text) : null,
    };

    private static string? TextField(Part part, in ItemReport item, ItemFormatContext context) => part.Letter switch
    {
        'i' => Itemized.Text(item, context.Itemize),
        'l' => Number(item.Length, part),
        'b' => Number(item.BytesTransferred, part),
        'c' => Number(item.ChecksumBytes, part),
        'B' => PermissionText.Permissions(item.Mode),
        'C' => ChecksumText(item, context),
        'G' => context.PreserveGroup ? item.Gid.ToString(CultureInfo.InvariantCulture) : "DEFAULT",
        'U' => context.PreserveOwner ? item.Uid.ToString(CultureInfo.InvariantCulture) : "0",
        'M' => LocalTime(DateTimeOffset.UnixEpoch.AddSeconds(item.Mtime.Seconds), context.Zone, '-'),
        't' => LocalTime(DateTimeOffset.UtcNow, context.Zone, ' '),
        'o' => item.Flags.HasFlag(ItemFlags.Deleted) ? "del." : item.Sending ? "send" : "recv",
        'p' => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        // Of a daemon's client and module: elsewhere the escape stays as it is.
        'h' or 'a' or 'u' or 'P' => null,
        'm' => "",
        _ => "%",
    };

    private static byte[] FullName(in ItemReport item)
    {
        var directory = item.Directory.Span.TrimStart((byte)'/');
        return directory.IsEmpty ? item.Name.ToArray() : [.. directory, (byte)'/', .. item.Name.Span];
    }

    private static byte[] Link(in ItemReport item)
    {
        if (!item.Xname.IsEmpty && !item.Flags.HasFlag(ItemFlags.Transfer))
            return [.. " => "u8, .. item.Xname.Span];
        return item.LinkTarget.IsEmpty ? [] : [.. " -> "u8, .. item.LinkTarget.Span];
    }

    private static string Number(long value, Part part) => HumanNumber.Format(value, part.Human);

    private static string ChecksumText(in ItemReport item, ItemFormatContext context)
    {
        if (!item.Checksum.IsEmpty)
        {
            var bytes = item.Checksum.ToArray();
            if (context.ChecksumIsNumber)
                Array.Reverse(bytes);
            return Convert.ToHexStringLower(bytes);
        }
        var transfer = item.Kind == FileKind.Regular && item.Flags.HasFlag(ItemFlags.Transfer);
        return new string(transfer ? '0' : ' ', 2 * context.ChecksumLength);
    }

    private static string LocalTime(DateTimeOffset moment, TimeZoneInfo? zone, char separator) =>
        TimeText.Format(TimeZoneInfo.ConvertTime(moment, zone ?? TimeZoneInfo.Local).DateTime, separator);

    /// <summary>Literal text (letter NUL), or an escape; <paramref name="Text"/> is what is printed when it has no value.</summary>
    private sealed record Part(char Letter, int Width, int Human, byte[] Text)
    {
        private const string Letters = "nfLilbcBCGUMtophauPm%";

        public static Part OfText(string text) => new('\0', 0, 0, ArgumentText.Encode(text));

        /// <summary>The escape at <paramref name="at"/>; null when it is none.</summary>
        public static Part? Parse(string format, int at, out int end)
        {
            end = at + 1;
            while (end < format.Length && format[end] == '\'')
                end++;
            var human = end - at - 1;
            var left = end < format.Length && format[end] == '-';
            var digits = left ? ++end : end;
            while (end < format.Length && char.IsAsciiDigit(format[end]))
                end++;
            if (end >= format.Length || end - digits > MaxDigits || !Letters.Contains(format[end]))
                return null;
            var width = end == digits ? 0 : int.TryParse(format.AsSpan(digits, end - digits), out var number) ? Math.Min(number, MaxWidth) : MaxWidth;
            end++;
            return new Part(format[end - 1], left ? -width : width, human, ArgumentText.Encode(format[at..end]));
        }
    }
}
