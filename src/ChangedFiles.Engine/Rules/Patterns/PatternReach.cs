using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>Where in the tree of directories anything can be that a set of patterns matches, by their literal beginnings.</summary>
internal sealed class PatternReach
{
    private readonly LiteralIndex _index = new(fromEnd: false);
    private readonly byte[][] _sorted;

    /// <param name="beginnings">Absolute; one without any directory reaches everywhere.</param>
    public PatternReach(IEnumerable<byte[]> beginnings)
    {
        _sorted = [.. beginnings];
        if (_sorted.Any(beginning => !beginning.AsSpan().Contains((byte)'/')))
            _sorted = ["/"u8.ToArray()];
        Array.Sort(_sorted, Compare);
        foreach (var beginning in _sorted)
            _index.Add(beginning, 0);
        Roots = Outermost(_sorted.Select(DirectoryOf));
    }

    /// <summary>The directories that the beginnings stand in, none inside another: /home/mike for ^/home/mike/test, as test2 may be meant too.</summary>
    public IReadOnlyList<string> Roots { get; }

    public static PatternReach Of(IEnumerable<PathPattern> patterns) => new(patterns.SelectMany(p => p.Shapes).Select(s => s.Prefix));

    /// <summary>True when the directory lies on the way to a beginning, or below one.</summary>
    public bool Reaches(ReadOnlySpan<byte> directory)
    {
        byte[] below = directory is [(byte)'/'] ? [(byte)'/'] : [.. directory, (byte)'/'];
        var at = Array.BinarySearch(_sorted, below, Comparer<byte[]>.Create(Compare));
        return at >= 0 || (~at < _sorted.Length && _sorted[~at].AsSpan().StartsWith(below)) || Covers(below);
    }

    /// <summary>What of this none of the <paramref name="others"/> reaches.</summary>
    public PatternReach Without(IReadOnlyCollection<PatternReach> others) =>
        new(_sorted.Where(beginning => !others.Any(other => other.Covers(beginning))));

    /// <summary>True when something lies within both.</summary>
    public bool Meets(PatternReach other) => _sorted.Any(other.Covers) || other._sorted.Any(Covers);

    /// <summary>Leaves out what lies inside another one.</summary>
    public static List<string> Outermost(IEnumerable<string> directories)
    {
        var roots = new List<string>();
        foreach (var directory in directories)
        {
            roots.RemoveAll(root => IsInside(root, directory));
            if (!roots.Exists(root => root == directory || IsInside(directory, root)))
                roots.Add(directory);
        }
        return roots;
    }

    /// <summary>True when one of the beginnings is the beginning of this path.</summary>
    private bool Covers(byte[] path)
    {
        var found = new List<int>();
        _index.Find(path, found);
        return found.Count > 0;
    }

    private static string DirectoryOf(byte[] beginning) =>
        beginning.AsSpan().LastIndexOf((byte)'/') is > 0 and var slash ? ArgumentText.Decode(beginning.AsSpan(0, slash)) : "/";

    private static bool IsInside(string path, string directory) =>
        path.Length > directory.Length && path.StartsWith(directory == "/" ? directory : directory + "/", StringComparison.Ordinal);

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);
}
