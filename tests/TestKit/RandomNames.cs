using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>
/// Names that programs trip over, mixed with plain ones. Never "." or "..", never empty, no slash, no NUL, at most 255 bytes.
/// </summary>
public static class RandomNames
{
    private static readonly string[] OddText =
    [
        " ", "two words", " leading", "trailing ", "new\nline", "tab\there", "\r", "'single'", "\"double\"",
        "`tick`", "$(touch x)", "$HOME", "back\\slash", "\\#012", "-rf", "--delete", "-", ".hidden", "...",
        "..x", "*", "?", "[a-z]", "{a,b}", "a:b", "host::module", "~", "#", ";", "+ x", "%s%n", "café", "日本語",
        "e\u0301", ".~tmp~", ".a.x1y2z3", "\u0001\u007f",
    ];

    // None of these is UTF-8.
    private static readonly byte[][] OddBytes = [[0xFF], [(byte)'a', 0xC3], [0xED, 0xA0, 0x80], [0x80, (byte)' ', 0xFE]];

    private static readonly byte[][] Odd = [.. OddText.Select(Encoding.UTF8.GetBytes), .. OddBytes];

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
        var name = new byte[random.Next(2) == 0 ? 255 : random.Next(200, 256)];
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
