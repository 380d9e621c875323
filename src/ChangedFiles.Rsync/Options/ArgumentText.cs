using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ChangedFiles.Rsync.Options;

/// <summary>
/// Bytes as text and back without loss, for words of a command line, paths and names: valid UTF-8 becomes its characters, each other byte b
/// the lone surrogate U+DC00+b (U+DC80..U+DCFF), which valid UTF-8 never yields. So names in any encoding are told apart.
/// </summary>
public static class ArgumentText
{
    private const char EscapeBase = '\uDC00';

    /// <summary>Text from the bytes of an argument, a path or a name.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
            return Encoding.ASCII.GetString(bytes);
        var chars = ArrayPool<char>.Shared.Rent(bytes.Length);
        var text = new string(chars, 0, Decode(bytes, chars));
        ArrayPool<char>.Shared.Return(chars);
        return text;
    }

    /// <summary>Writes the text into <paramref name="chars"/>, at least as long as <paramref name="bytes"/>; returns its length.</summary>
    public static int Decode(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var written = 0;
        while (true)
        {
            Utf8.ToUtf16(bytes, chars[written..], out var read, out var got, replaceInvalidSequences: false);
            written += got;
            if (read == bytes.Length)
                return written;
            chars[written++] = (char)(EscapeBase + bytes[read]);
            bytes = bytes[(read + 1)..];
        }
    }

    /// <inheritdoc cref="Encode(ReadOnlySpan{char})"/>
    public static byte[] Encode(string text) => Encode(text.AsSpan());

    /// <summary>The bytes that <paramref name="text"/> stands for: what <see cref="Decode(ReadOnlySpan{byte})"/> took.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length * 3];
        var written = 0;
        while (true)
        {
            Utf8.FromUtf16(text, bytes.AsSpan(written), out var read, out var got, replaceInvalidSequences: false);
            written += got;
            if (read == text.Length)
                return bytes[..written];
            // What is left unread is a lone surrogate: one of ours, or one that no name can hold.
            bytes[written++] = text[read] is >= '\uDC80' and <= '\uDCFF' ? (byte)(text[read] - EscapeBase) : (byte)'?';
            text = text[(read + 1)..];
        }
    }
}
