namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// Shell patterns over bytes (docs/protocol.md 5.3): '*' stays within a component, two or more stars cross components,
/// '?' is one byte that is not '/', '[…]' a class, '\' takes the next byte as it is.
/// </summary>
internal static class Wildmatch
{
    /// <summary>True when the whole of <paramref name="text"/> matches. Polynomial: a hostile pattern costs time, never for ever.</summary>
    /// <param name="pattern">What to look for.</param>
    /// <param name="text">Where.</param>
    /// <param name="wholeComponents">Git's way: "**/" stands for any number of components, none included.</param>
    /// <remarks>
    /// Two places to go back to are enough. A later '**' makes every earlier choice final, because it can swallow whatever an
    /// earlier star would have; a later '*' does the same for an earlier '*', which could not have crossed the '/' between them.
    /// </remarks>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool wholeComponents = false)
    {
        int p = 0, t = 0;
        int starPattern = -1, starText = 0, crossPattern = -1, crossText = 0;
        while (true)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                var first = p;
                while (p < pattern.Length && pattern[p] == '*')
                    p++;
                if (p - first > 1)
                {
                    if (p == pattern.Length)
                        return true;
                    p += wholeComponents ? 1 : 0;
                    (crossPattern, crossText, starPattern) = (p, t, -1);
                }
                else
                {
                    (starPattern, starText) = (p, t);
                }
                continue;
            }
            if (t == text.Length)
                return p == pattern.Length;
            if (p < pattern.Length && MatchesOne(pattern, ref p, text[t]))
            {
                t++;
                continue;
            }
            if (starPattern >= 0 && text[starText] != '/')
                (p, t) = (starPattern, ++starText);
            else if (crossPattern >= 0 && (crossText = NextStart(text, crossText, wholeComponents)) > 0)
                (p, t, starPattern) = (crossPattern, crossText, -1);
            else
                return false;
        }
    }

    /// <summary>Where a '**' that began to match before <paramref name="t"/> lets the rest begin next; 0: nowhere.</summary>
    private static int NextStart(ReadOnlySpan<byte> text, int t, bool wholeComponents) =>
        wholeComponents ? text[t..].IndexOf((byte)'/') is >= 0 and var slash ? t + slash + 1 : 0 : t + 1;

    /// <summary>Matches the one element at <paramref name="p"/> against one byte and steps over it.</summary>
    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int p, byte b)
    {
        switch (pattern[p++])
        {
            case (byte)'?':
                return b != '/';
            case (byte)'[':
                return MatchesClass(pattern, ref p, b);
            case (byte)'\\':
                return p < pattern.Length && pattern[p++] == b;
            default:
                return pattern[p - 1] == b;
        }
    }

    /// <summary>A class, entered after its '['. One that has no end, or an unknown [:name:], matches nothing.</summary>
    private static bool MatchesClass(ReadOnlySpan<byte> pattern, ref int p, byte b)
    {
        var negate = p < pattern.Length && pattern[p] is (byte)'!' or (byte)'^';
        if (negate)
            p++;
        var matched = false;
        byte previous = 0;
        for (var first = true; ; first = false, p++)
        {
            if (p >= pattern.Length)
                return false;
            var c = pattern[p];
            if (c == ']' && !first)
                break;
            if (c == '-' && previous != 0 && p + 1 < pattern.Length && pattern[p + 1] != ']')
            {
                p++;
                if (pattern[p] == '\\' && ++p >= pattern.Length)
                    return false;
                matched |= b >= previous && b <= pattern[p];
                previous = 0;
                continue;
            }
            if (c == '[' && TryNamedClass(pattern, p, out var name, out var end))
            {
                if (end < 0 || IsInNamedClass(name, b) is not { } inClass)
                {
                    p = pattern.Length;
                    return false;
                }
                matched |= inClass;
                previous = 0;
                p = end;
                continue;
            }
            if (c == '\\')
            {
                if (++p >= pattern.Length)
                    return false;
                c = pattern[p];
            }
            matched |= b == c;
            previous = c;
        }
        p++;
        return matched != negate && b != '/';
    }

    /// <summary>True when a "[:name:]" begins at <paramref name="p"/>; <paramref name="end"/> is its ']', or -1 when there is none.</summary>
    private static bool TryNamedClass(ReadOnlySpan<byte> pattern, int p, out ReadOnlySpan<byte> name, out int end)
    {
        name = default;
        end = -1;
        if (p + 1 >= pattern.Length || pattern[p + 1] != ':')
            return false;
        var length = pattern[(p + 2)..].IndexOf((byte)']');
        if (length < 0)
            return true;
        if (length == 0 || pattern[p + 1 + length] != ':')
            return false;
        name = pattern.Slice(p + 2, length - 1);
        end = p + 2 + length;
        return true;
    }

    /// <summary>Null for a name that is not a class.</summary>
    private static bool? IsInNamedClass(ReadOnlySpan<byte> name, byte b)
    {
        var c = (char)b;
        if (name.SequenceEqual("alpha"u8)) return char.IsAsciiLetter(c);
        if (name.SequenceEqual("digit"u8)) return char.IsAsciiDigit(c);
        if (name.SequenceEqual("alnum"u8)) return char.IsAsciiLetterOrDigit(c);
        if (name.SequenceEqual("upper"u8)) return char.IsAsciiLetterUpper(c);
        if (name.SequenceEqual("lower"u8)) return char.IsAsciiLetterLower(c);
        if (name.SequenceEqual("xdigit"u8)) return char.IsAsciiHexDigit(c);
        if (name.SequenceEqual("space"u8)) return Bytes.IsSpace(b);
        if (name.SequenceEqual("blank"u8)) return b is (byte)' ' or (byte)'\t';
        if (name.SequenceEqual("cntrl"u8)) return b is < 0x20 or 0x7f;
        if (name.SequenceEqual("print"u8)) return b is >= 0x20 and < 0x7f;
        if (name.SequenceEqual("graph"u8)) return b is > 0x20 and < 0x7f;
        if (name.SequenceEqual("punct"u8)) return b is > 0x20 and < 0x7f && !char.IsAsciiLetterOrDigit(c);
        return null;
    }
}

/// <summary>What the rule languages ask of single bytes.</summary>
internal static class Bytes
{
    /// <summary>White space as <c>isspace(3)</c> has it: blank, tab, newline, vertical tab, form feed, return.</summary>
    public static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);
}
