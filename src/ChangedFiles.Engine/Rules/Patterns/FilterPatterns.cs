using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>Regexes in rsync's words: what an IGNORE leaves out of a MIRROR. Only literal text with <c>.*</c> between has such words.</summary>
internal static class FilterPatterns
{
    /// <summary>Exclude patterns for the tree at <paramref name="root"/> (docs/protocol.md 5.3); null when the regex says more than they can.</summary>
    public static IReadOnlyList<string>? Of(PathPattern ignore, string root)
    {
        var patterns = new List<string>();
        foreach (var shape in ignore.Shapes)
        {
            if (!shape.IsExact)
                return null;
            if (!TryTranslate(shape, ArgumentText.Encode(root.TrimEnd('/') + "/"), out var pattern))
                return null;
            if (pattern is not null)
                patterns.Add(ArgumentText.Decode(pattern));
        }
        return patterns;
    }

    private static bool TryTranslate(LiteralShape shape, byte[] root, out byte[]? pattern)
    {
        pattern = null;
        var prefix = shape.Prefix.AsSpan();
        var isBelow = prefix.StartsWith(root);
        // Something else than this tree: nothing is left out. Some part of the way to it: too much for a pattern.
        if (shape.IsAnchored && !isBelow)
            return !root.AsSpan().StartsWith(prefix) || shape.IsWhole;
        if (shape.IsWhole)
        {
            pattern = Escape(prefix[(root.Length - 1)..], always: false);
            return true;
        }
        List<byte> text = [.. isBelow ? Escape(prefix[(root.Length - 1)..], always: true) : [], .. "**"u8];
        foreach (var part in shape.Middle)
            text.AddRange([.. Escape(part, always: true), .. "**"u8]);
        text.AddRange(Escape(shape.Suffix, always: true));
        pattern = [.. text];
        return true;
    }

    // A backslash escapes only in a pattern that has a wildcard.
    private static byte[] Escape(ReadOnlySpan<byte> literal, bool always)
    {
        if (!always && !literal.ContainsAny("*?["u8))
            return literal.ToArray();
        var escaped = new List<byte>();
        foreach (var b in literal)
        {
            if ("*?[\\"u8.Contains(b))
                escaped.Add((byte)'\\');
            escaped.Add(b);
        }
        return [.. escaped];
    }
}
