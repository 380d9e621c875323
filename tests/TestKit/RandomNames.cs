using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>Names that programs trip over, mixed with plain ones. Never "." or "..", never empty, no slash, no NUL, at most 255 bytes.</summary>
public static class RandomNames
{
    private static readonly byte[][] Odd =
    [
        " "u8.ToArray(), "two words"u8.ToArray(), " leading"u8.ToArray(), "trailing "u8.ToArray(), "new\nline"u8.ToArray(), "tab\there"u8.ToArray(),
        "\r"u8.ToArray(), "'single'"u8.ToArray(), "\"double\""u8.ToArray(), "`tick`"u8.ToArray(), "$(touch x)"u8.ToArray(), "$HOME"u8.ToArray(),
        "back\\slash"u8.ToArray(), "-rf"u8.ToArray(), "--delete"u8.ToArray(), "-"u8.ToArray(), ".hidden"u8.ToArray(), "..."u8.ToArray(), "..x"u8.ToArray(),
        "*"u8.ToArray(), "?"u8.ToArray(), "[a-z]"u8.ToArray(), "{a,b}"u8.ToArray(), "a:b"u8.ToArray(), "host::module"u8.ToArray(), "~"u8.ToArray(),
        "#"u8.ToArray(), ";"u8.ToArray(), "+ x"u8.ToArray(), "%s%n"u8.ToArray(), "café"u8.ToArray(), "日本語"u8.ToArray(), "e\u0301"u8.ToArray(),
        [0xFF], [(byte)'a', 0xC3], [0xED, 0xA0, 0x80], [0x01, 0x7F], [0x80, (byte)' ', 0xFE], "\\#012"u8.ToArray(), ".~tmp~"u8.ToArray(), ".a.x1y2z3"u8.ToArray(),
    ];

    /// <summary>The next name. Few enough plain ones that writers often meet the same.</summary>
    public static byte[] Next(Random random, bool odd = true) => (odd ? random.Next(20) : 19) switch
    {
        0 => Long(random),
        < 6 => Odd[random.Next(Odd.Length)],
        < 8 => AnyBytes(random),
        _ => Encoding.ASCII.GetBytes($"{"abcdefgh"[random.Next(8)]}{random.Next(100)}"),
    };

    private static byte[] Long(Random random)
    {
        var name = new byte[random.Next(200, 256)];
        Array.Fill(name, (byte)('a' + random.Next(26)));
        random.NextBytes(name.AsSpan(^3..));
        return Repaired(name);
    }

    private static byte[] AnyBytes(Random random)
    {
        var name = new byte[random.Next(2, 12)];
        random.NextBytes(name);
        return Repaired(name);
    }

    private static byte[] Repaired(byte[] name)
    {
        name.AsSpan().Replace((byte)0, (byte)'0');
        name.AsSpan().Replace((byte)'/', (byte)'_');
        return name.AsSpan().SequenceEqual(".."u8) ? "dots"u8.ToArray() : name;
    }
}
