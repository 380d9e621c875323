using System.Buffers;
using System.Text;

namespace ChangedFiles.Rsync.Options.Format;

/// <summary>How names are made safe to print: bytes that are no printable character become <c>\#ooo</c> (three octal digits).</summary>
internal static class NameEscape
{
    /// <summary>Which bytes above 127 are printed as they are.</summary>
    public enum HighBytes
    {
        /// <summary>Those that are valid UTF-8: the locale is a UTF-8 one.</summary>
        Utf8,

        /// <summary>None: the locale is plain ASCII.</summary>
        Escape,

        /// <summary>All: <c>-8</c>.</summary>
        Keep,
    }

    /// <summary>Adds <paramref name="text"/> with what cannot be printed escaped. Tabs stay; so does everything in <paramref name="high"/>.</summary>
    public static void Write(ReadOnlySpan<byte> text, HighBytes high, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            var plain = PlainLength(text);
            output.Write(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
                return;
            var used = 1;
            if (text[0] >= 0x80 && (high == HighBytes.Keep || (high == HighBytes.Utf8 && IsUtf8(text, out used))))
                output.Write(text[..used]);
            else
                WriteOctal(text[0], output);
            text = text[used..];
        }
    }

    /// <summary>The kind of output that the locale variables ask for.</summary>
    public static HighBytes OfLocale(Func<string, string?> environment)
    {
        foreach (var name in new[] { "LC_ALL", "LC_CTYPE", "LANG" })
        {
            if (environment(name) is { Length: > 0 } locale)
            {
                var utf8 = locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase);
                return utf8 ? HighBytes.Utf8 : HighBytes.Escape;
            }
        }
        return HighBytes.Escape;
    }

    private static int PlainLength(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= 0x80 or (< 0x20 and not (byte)'\t') || IsEscapeLike(text[i..]))
                return i;
        }
        return text.Length;
    }

    /// <summary>A backslash in front of "#ooo" is escaped itself, so that the text can be read back.</summary>
    private static bool IsEscapeLike(ReadOnlySpan<byte> text) =>
        text.Length > 4 && text[0] == '\\' && text[1] == '#' && text[2..5].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static bool IsUtf8(ReadOnlySpan<byte> text, out int used)
    {
        if (Rune.DecodeFromUtf8(text, out _, out used) == OperationStatus.Done)
            return true;
        used = 1;
        return false;
    }

    private static void WriteOctal(byte value, IBufferWriter<byte> output) =>
        output.Write([(byte)'\\', (byte)'#', (byte)('0' + (value >> 6)), (byte)('0' + (value >> 3 & 7)), (byte)('0' + (value & 7))]);
}
