using System.Diagnostics.CodeAnalysis;

namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// The rules of one place that concern one side, ready to be asked. Rules without wildcards are found by the last component they
/// name, so that ten thousand of them cost as much as one; the others are tried in order. Immutable.
/// </summary>
internal sealed class RuleList
{
    /// <summary>Below this many literal rules trying them all is faster than a look-up.</summary>
    private const int IndexFrom = 8;

    private readonly FilterRule[] _rules;
    private readonly int _anchor;
    private readonly bool _hasPerishable;
    private readonly int[] _others;
    private readonly Dictionary<byte[], int[]>.AlternateLookup<ReadOnlySpan<byte>>? _literals;

    /// <param name="rules">In order.</param>
    /// <param name="side">Rules of the other side are left out.</param>
    /// <param name="deleteExcluded">See <see cref="FilterRule.AppliesTo"/>.</param>
    /// <param name="anchor">Where in a full name the directory begins that these rules are anchored at.</param>
    /// <param name="inherited">What follows when none of these matches.</param>
    public RuleList(IEnumerable<FilterRule> rules, FilterSide side, bool deleteExcluded, int anchor, RuleList? inherited = null)
    {
        _rules = [.. rules.SelectMany(rule => rule.Expansion ?? [rule]).Where(rule => rule.AppliesTo(side, deleteExcluded))];
        _anchor = anchor;
        Inherited = inherited;
        _hasPerishable = _rules.Any(rule => rule.Has(FilterModifiers.Perishable));
        HasXattr = _rules.Any(rule => !rule.IsDirMerge && rule.Has(FilterModifiers.Xattr));
        var literals = new Dictionary<byte[], List<int>>(ByteArrayComparer.Instance);
        var others = new List<int>();
        for (var i = 0; i < _rules.Length; i++)
        {
            if (IsIndexed(_rules[i]))
                Bucket(literals, _rules[i].LastName.ToArray()).Add(i);
            else
                others.Add(i);
        }
        var indexed = _rules.Length - others.Count >= IndexFrom;
        _others = indexed ? [.. others] : [.. Enumerable.Range(0, _rules.Length)];
        if (indexed)
        {
            _literals = literals.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), ByteArrayComparer.Instance)
                .GetAlternateLookup<ReadOnlySpan<byte>>();
        }
    }

    public RuleList? Inherited { get; }

    public bool HasXattr { get; }

    /// <summary>The first rule that matches here; per-directory lists stand where their merge rule stands.</summary>
    public FilterRule? FirstMatch(in FilterName name, FilterScope scope, bool xattr, bool ignorePerishable)
    {
        for (var list = this; list is not null; list = list.Inherited)
        {
            var rule = list.FirstHere(name, scope, xattr, ignorePerishable);
            if (rule is not null)
                return rule;
        }
        return null;
    }

    private FilterRule? FirstHere(in FilterName name, FilterScope scope, bool xattr, bool ignorePerishable)
    {
        var literal = _literals is null ? int.MaxValue : FirstLiteral(name, xattr, ignorePerishable);
        foreach (var i in _others)
        {
            if (i > literal)
                break;
            var rule = _rules[i];
            if (rule.IsDirMerge)
            {
                if (!(ignorePerishable && rule.Has(FilterModifiers.Perishable))
                    && scope.MergedBy(rule)?.FirstMatch(name, scope, xattr, ignorePerishable) is { } merged)
                    return merged;
            }
            else if (Concerns(rule, xattr, ignorePerishable) && rule.Matches(name, _anchor))
            {
                return rule;
            }
        }
        return literal == int.MaxValue ? null : _rules[literal];
    }

    private int FirstLiteral(in FilterName name, bool xattr, bool ignorePerishable)
    {
        if (!_literals!.Value.TryGetValue(name.Name, out var candidates))
            return int.MaxValue;
        foreach (var i in candidates)
        {
            if (Concerns(_rules[i], xattr, ignorePerishable) && _rules[i].Matches(name, _anchor))
                return i;
        }
        return int.MaxValue;
    }

    private bool Concerns(FilterRule rule, bool xattr, bool ignorePerishable) =>
        rule.Has(FilterModifiers.Xattr) == xattr && !(ignorePerishable && _hasPerishable && rule.Has(FilterModifiers.Perishable));

    private static bool IsIndexed(FilterRule rule) => rule.IsLiteral && !rule.IsDirMerge && !rule.Has(FilterModifiers.Negate);

    private static List<int> Bucket(Dictionary<byte[], List<int>> map, byte[] key)
    {
        if (!map.TryGetValue(key, out var list))
            map.Add(key, list = []);
        return list;
    }
}

/// <summary>Byte strings as dictionary keys that can be looked up by a span.</summary>
internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteArrayComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
