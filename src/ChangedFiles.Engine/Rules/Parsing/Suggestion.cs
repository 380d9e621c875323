namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>"Did you mean": the nearest known word.</summary>
internal static class Suggestion
{
    private const int MaxWordLength = 32;

    /// <summary>The candidate that is at most two typing mistakes away (one for short words; case does not count); else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > MaxWordLength)
            return null;
        var upper = word.ToUpperInvariant();
        var limit = word.Length < 5 ? 1 : 2;
        return candidates
            .Select(candidate => (candidate, distance: Distance(upper, candidate.ToUpperInvariant())))
            .Where(c => c.distance <= limit)
            .OrderBy(c => c.distance)
            .Select(c => c.candidate)
            .FirstOrDefault();
    }

    // Optimal string alignment: insertions, deletions, changes and swaps of neighbours count one each.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
