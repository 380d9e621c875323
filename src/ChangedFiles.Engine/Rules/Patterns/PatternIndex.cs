using System.Buffers;
using System.Text;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>
/// Which of many patterns could match a path: by the literal they begin with, else by the one they end with, else by
/// one that must be somewhere inside; only a pattern without any literal is always a candidate. Immutable once built.
/// </summary>
internal sealed class PatternIndex
{
    private readonly LiteralIndex _prefixes = new(fromEnd: false);
    private readonly LiteralIndex _suffixes = new(fromEnd: true);
    private readonly List<(byte[] Literal, int Pattern)> _inside = [];
    private readonly List<int> _always = [];
    private readonly SearchValues<string>? _anyInside;

    public PatternIndex(IReadOnlyList<PathPattern> patterns)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            foreach (var shape in patterns[i].Shapes)
                Add(shape, i);
        }
        if (_inside.Count > 0)
            _anyInside = SearchValues.Create([.. _inside.Select(p => Encoding.Latin1.GetString(p.Literal))], StringComparison.Ordinal);
    }

    /// <summary>Fills <paramref name="candidates"/> with the numbers of patterns to test, ascending, each once.</summary>
    public void Find(ReadOnlySpan<byte> path, List<int> candidates)
    {
        candidates.Clear();
        _prefixes.Find(path, candidates);
        _suffixes.Find(path, candidates);
        FindInside(path, candidates);
        candidates.AddRange(_always);
        if (candidates.Count < 2)
            return;
        candidates.Sort();
        var kept = 1;
        for (var i = 1; i < candidates.Count; i++)
        {
            if (candidates[i] != candidates[kept - 1])
                candidates[kept++] = candidates[i];
        }
        candidates.RemoveRange(kept, candidates.Count - kept);
    }

    private void Add(LiteralShape shape, int pattern)
    {
        if (shape.Prefix.Length > 0)
            _prefixes.Add(shape.Prefix, pattern);
        else if (shape.Suffix.Length > 0)
            _suffixes.Add(shape.Suffix, pattern);
        else if (shape.Middle.MaxBy(part => part.Length) is { } longest)
            _inside.Add((longest, pattern));
        else
            _always.Add(pattern);
    }

    // One vectorised search for all the literals together; the single ones only when it hits.
    private void FindInside(ReadOnlySpan<byte> path, List<int> candidates)
    {
        if (_anyInside is null)
            return;
        var chars = ArrayPool<char>.Shared.Rent(path.Length);
        var text = chars.AsSpan(0, Encoding.Latin1.GetChars(path, chars));
        var hit = text.ContainsAny(_anyInside);
        ArrayPool<char>.Shared.Return(chars);
        if (!hit)
            return;
        foreach (var (literal, pattern) in _inside)
        {
            if (path.IndexOf(literal) >= 0)
                candidates.Add(pattern);
        }
    }
}
