namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>
/// Finds, among thousands of literals, those that a path begins with (or ends with). One pass over the path with a rolling hash;
/// a table is asked only at lengths that some literal has. A collision gives a candidate too many, never one too few:
/// the caller tests candidates anyway.
/// </summary>
internal sealed class LiteralIndex(bool fromEnd)
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly Dictionary<ulong, List<int>> _buckets = [];
    private bool[] _lengths = [];

    public void Add(ReadOnlySpan<byte> literal, int value)
    {
        var hash = FnvOffset;
        for (var i = 0; i < literal.Length; i++)
            hash = (hash ^ literal[fromEnd ? literal.Length - 1 - i : i]) * FnvPrime;
        if (literal.Length >= _lengths.Length)
            Array.Resize(ref _lengths, literal.Length + 1);
        _lengths[literal.Length] = true;
        if (!_buckets.TryGetValue(hash, out var bucket))
            _buckets.Add(hash, bucket = []);
        bucket.Add(value);
    }

    public void Find(ReadOnlySpan<byte> path, List<int> found)
    {
        var hash = FnvOffset;
        var end = Math.Min(path.Length, _lengths.Length - 1);
        for (var i = 0; i < end; i++)
        {
            hash = (hash ^ path[fromEnd ? path.Length - 1 - i : i]) * FnvPrime;
            if (_lengths[i + 1] && _buckets.TryGetValue(hash, out var bucket))
                found.AddRange(bucket);
        }
    }
}
