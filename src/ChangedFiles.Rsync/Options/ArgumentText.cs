using System.Buffers;
using System.Text;

namespace ChangedFiles.Rsync.Options;

/// <summary>
/// Command line words as text without losing a byte: UTF-8, where every byte that is not part of valid UTF-8 becomes
/// the lone surrogate U+DC00 + byte. <see cref="Encode(string)"/> gives back exactly what <see cref="Decode"/> took.
/// </summary>
public static class ArgumentText
{
    private const int Escape = 0xDC00;

    /// <summary>Text from the bytes of an argument, a path or a name.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done)
                text.Append(rune);
            else
                foreach (var b in bytes[..used])
                    text.Append((char)(Escape + b));
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    /// <summary>The bytes that <paramref name="text"/> stands for.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        Encode(text, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Adds the bytes that <paramref name="text"/> stands for.</summary>
    public static void Encode(ReadOnlySpan<char> text, IBufferWriter<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) == OperationStatus.Done)
                bytes.Write(utf8[..rune.EncodeToUtf8(utf8)]);
            else if ((int)text[0] is > Escape + 0x7F and <= Escape + 0xFF)
                bytes.Write([(byte)text[0]]);
            else
                bytes.Write("\uFFFD"u8);
            text = text[used..];
        }
    }
}
