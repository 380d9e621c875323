namespace ChangedFiles.Rsync.Filters;

/// <summary>How one pattern is compared with a name (docs/protocol.md 5.3). Decided once, when the rule is read.</summary>
internal sealed class PatternMatch
{
    /// <summary>Which part of the name the pattern must cover.</summary>
    private enum Reach
    {
        /// <summary>No slash and no **: the last component.</summary>
        Name,
        /// <summary>All of the path from the anchor on.</summary>
        Whole,
        /// <summary>A slash inside: as many last components as the pattern has.</summary>
        LastComponents,
        /// <summary>A ** inside: the rest of the path after any slash.</summary>
        AnyComponent,
    }

    private readonly byte[] _pattern;
    private readonly Reach _reach;
    private readonly int _slashes;
    private readonly bool _anchored;
    private readonly bool _crossesFirst;
    private readonly bool _crossesLast;
    private readonly bool _suffix;
    private readonly bool _wholeComponents;

    /// <param name="pattern">As written, without a trailing slash.</param>
    /// <param name="git">By git's rules: any slash anchors, "**/" is any number of components, a backslash always escapes.</param>
    public PatternMatch(ReadOnlySpan<byte> pattern, bool git = false)
    {
        _slashes = pattern.Count((byte)'/');
        _anchored = git ? _slashes > 0 : pattern.Length > 0 && pattern[0] == '/';
        _wholeComponents = git;
        IsWild = pattern.IndexOfAny(git ? "*?[\\"u8 : "*?["u8) >= 0;
        var crosses = pattern.IndexOf("**"u8);
        _crossesFirst = crosses == 0 && !git;
        _crossesLast = pattern.EndsWith("***"u8) && !git;
        _reach = _slashes == 0 && (crosses < 0 || git) ? Reach.Name
            : _anchored || _crossesFirst ? Reach.Whole
            : crosses > 0 ? Reach.AnyComponent
            : Reach.LastComponents;
        _pattern = pattern[(pattern.StartsWith("/"u8) ? 1 : 0)..].ToArray();
        _suffix = _reach == Reach.Name && _pattern.Length > 1 && _pattern[0] == '*' && _pattern.AsSpan(1).IndexOfAny("*?[\\"u8) < 0;
    }

    public bool IsWild { get; }

    /// <param name="name">What is checked.</param>
    /// <param name="anchor">Where in the full name the rule's directory begins, or <see cref="FilterName.Absolute"/>.</param>
    public bool IsMatch(in FilterName name, int anchor)
    {
        if (_reach == Reach.Name)
            return _suffix ? name.Name.EndsWith(_pattern.AsSpan(1)) : Compare(name.Name);
        // Only an anchored pattern looks from its rule file's directory; all others see the path inside the transfer.
        var start = anchor == FilterName.Absolute || _anchored ? anchor : name.PathStart;
        var text = name.From(start, leadingSlash: _crossesFirst, trailingSlash: _crossesLast && name.IsDirectory);
        return _reach switch
        {
            Reach.Whole => Compare(text),
            Reach.LastComponents => TryLast(text, _slashes + 1, out var last) && Compare(last),
            _ => CompareAfterAnySlash(text),
        };
    }

    private bool Compare(ReadOnlySpan<byte> text) => IsWild ? Wildmatch.IsMatch(_pattern, text, _wholeComponents) : text.SequenceEqual(_pattern);

    private bool CompareAfterAnySlash(ReadOnlySpan<byte> text)
    {
        while (!Compare(text))
        {
            var slash = text.IndexOf((byte)'/');
            if (slash < 0)
                return false;
            text = text[(slash + 1)..];
        }
        return true;
    }

    private static bool TryLast(ReadOnlySpan<byte> text, int components, out ReadOnlySpan<byte> last)
    {
        last = default;
        var start = text.Length;
        for (; components > 0; components--)
        {
            if (start < 0)
                return false;
            start = text[..start].LastIndexOf((byte)'/');
        }
        last = text[(start + 1)..];
        return true;
    }
}
