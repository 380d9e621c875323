using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// A name being checked, laid out so that every form a rule may compare with is a slice of it:
/// <c>[transfer root's own path] / path /</c>. Borrows its bytes for the length of one check.
/// </summary>
internal readonly ref struct FilterName
{
    /// <summary>An anchor that means the whole absolute path.</summary>
    public const int Absolute = -1;

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly ReadOnlySpan<byte> _full;
    /// <summary>Where the path inside the transfer begins; 1 when the transfer root is the top itself.</summary>
    public int PathStart { get; }

    public FilterName(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path, bool isDirectory)
    {
        var length = root.Length + path.Length + 2;
        if (_scratch is null || _scratch.Length < length)
            _scratch = new byte[Math.Max(length, 2 * TreePath.MaxLength)];
        var full = _scratch.AsSpan(0, length);
        root.CopyTo(full);
        full[root.Length] = (byte)'/';
        path.CopyTo(full[(root.Length + 1)..]);
        full[^1] = (byte)'/';
        _full = full;
        PathStart = root.Length + 1;
        IsDirectory = isDirectory;
        Name = full[(full[..^1].LastIndexOf((byte)'/') + 1)..^1];
    }

    public bool IsDirectory { get; }

    /// <summary>The last component.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The path inside the transfer.</summary>
    public ReadOnlySpan<byte> Path => _full[PathStart..^1];

    /// <summary>The path from <paramref name="start"/> on (an offset in the full name), or the absolute path.</summary>
    /// <param name="start">An anchor, or <see cref="Absolute"/>.</param>
    /// <param name="leadingSlash">With the '/' before the path (a pattern that begins with ** may match there); not for an absolute path.</param>
    /// <param name="trailingSlash">With a '/' after it.</param>
    public ReadOnlySpan<byte> From(int start, bool leadingSlash, bool trailingSlash)
    {
        var begin = start == Absolute && PathStart > 1 ? 0 : (start == Absolute ? PathStart : start) - (leadingSlash ? 1 : 0);
        return _full[begin..(trailingSlash ? _full.Length : _full.Length - 1)];
    }
}
