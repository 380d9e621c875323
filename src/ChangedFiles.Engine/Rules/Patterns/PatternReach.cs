namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>Where in the tree of directories anything can be that a set of patterns matches, by their literal beginnings.</summary>
internal sealed class PatternReach
{
    private readonly LiteralIndex _prefixes = new(fromEnd: false);
    private readonly byte[][] _sorted;
    private readonly bool _everywhere;

    public PatternReach(IEnumerable<PathPattern> patterns)
    {
        var shapes = patterns.SelectMany(p => p.Shapes).ToArray();
        _everywhere = shapes.Any(s => !s.Prefix.AsSpan().Contains((byte)'/'));
        _sorted = [.. shapes.Select(s => s.Prefix)];
        Array.Sort(_sorted, Compare);
        foreach (var prefix in _sorted)
            _prefixes.Add(prefix, 0);
        Roots = _everywhere ? ["/"] : Outermost(_sorted);
    }

    public IReadOnlyList<string> Roots { get; }

    /// <summary>True when the directory lies on the way to a literal beginning, or below one.</summary>
    public bool Reaches(ReadOnlySpan<byte> directory)
    {
        if (_everywhere)
            return true;
        byte[] below = directory is [(byte)'/'] ? [(byte)'/'] : [.. directory, (byte)'/'];
        var at = Array.BinarySearch(_sorted, below, Comparer<byte[]>.Create(Compare));
        if (at >= 0 || (~at < _sorted.Length && _sorted[~at].AsSpan().StartsWith(below)))
            return true;
        var found = new List<int>();
        _prefixes.Find(below, found);
        return found.Count > 0;
    }

    // The directory that a beginning stands in: /home/mike for ^/home/mike/test, as test2 may be meant too.
    private static List<string> Outermost(byte[][] sorted)
    {
        var roots = new List<string>();
        foreach (var prefix in sorted)
        {
            var slash = prefix.AsSpan().LastIndexOf((byte)'/');
            var directory = slash <= 0 ? "/" : PathText.Decode(prefix.AsSpan(0, slash));
            roots.RemoveAll(root => IsInside(root, directory));
            if (!roots.Exists(root => root == directory || IsInside(directory, root)))
                roots.Add(directory);
        }
        return roots;
    }

    private static bool IsInside(string path, string directory) =>
        path.Length > directory.Length && path.StartsWith(directory == "/" ? directory : directory + "/", StringComparison.Ordinal);

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);
}
