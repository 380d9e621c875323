namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>
/// The literal bones of one alternative of a regex: what a path must begin with, contain in this order, and end with.
/// When <see cref="IsExact"/> that is all the regex says (its gaps are <c>.*</c>); otherwise it is only a necessary
/// condition, cheap to test before the regex itself. Works on bytes: a UTF-8 character never matches inside another.
/// </summary>
internal sealed record LiteralShape(byte[] Prefix, byte[][] Middle, byte[] Suffix, bool IsExact)
{
    // A path holds no NUL, so it can stand for "anything" in a text that represents all paths of a shape.
    private const byte Anything = 0;

    /// <summary>The whole path is <see cref="Prefix"/>; there are no gaps.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The regex begins with ^ (or \A).</summary>
    public bool IsAnchored { get; init; }

    public bool IsMatch(ReadOnlySpan<byte> path)
    {
        if (IsWhole)
            return path.SequenceEqual(Prefix);
        if (path.Length < Prefix.Length + Suffix.Length || !path.StartsWith(Prefix) || !path.EndsWith(Suffix))
            return false;
        // The leftmost place of each part leaves the most room for the next one, so nothing is ever tried twice.
        var rest = path[Prefix.Length..^Suffix.Length];
        foreach (var part in Middle)
        {
            var at = rest.IndexOf(part);
            if (at < 0)
                return false;
            rest = rest[(at + part.Length)..];
        }
        return true;
    }

    /// <summary>True when every path of <paramref name="other"/> surely matches this too. False may also mean "not known".</summary>
    public bool Covers(LiteralShape other) => IsExact && IsMatch(other.Representative());

    /// <summary>True when no path can match both, by what they begin with.</summary>
    public bool Contradicts(LiteralShape other)
    {
        var common = Math.Min(Prefix.Length, other.Prefix.Length);
        if (!Prefix.AsSpan(0, common).SequenceEqual(other.Prefix.AsSpan(0, common)))
            return true;
        return IsWhole && Prefix.Length < other.Prefix.Length || other.IsWhole && other.Prefix.Length < Prefix.Length;
    }

    private byte[] Representative() =>
        IsWhole ? Prefix : [.. Prefix, Anything, .. Middle.SelectMany(part => (byte[])[.. part, Anything]), .. Suffix];
}
