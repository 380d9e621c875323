namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// An ordered list of filter rules: the first that matches decides, no match includes (docs/protocol.md 5.3). Immutable;
/// made by <see cref="FilterRulesBuilder"/>, asked through the <see cref="FilterScope"/> that <see cref="Open"/> gives.
/// </summary>
public sealed class FilterRules
{
    private readonly FilterRule[] _own;
    private readonly FilterRule[] _implied;
    private readonly FilterRule[] _untold;

    /// <param name="own">The rules that were given.</param>
    /// <param name="implied">Those that -C stands for.</param>
    /// <param name="untold">Those that each side adds by itself.</param>
    internal FilterRules(IEnumerable<FilterRule> own, IEnumerable<FilterRule> implied, IEnumerable<FilterRule>? untold = null)
    {
        _own = [.. own];
        _implied = [.. implied];
        _untold = [.. untold ?? []];
    }

    /// <summary>No rules: everything is included.</summary>
    public static FilterRules None { get; } = new([], []);

    /// <summary>All rules in order, those that -C adds last.</summary>
    internal IReadOnlyList<FilterRule> Rules => _implied.Length + _untold.Length == 0 ? _own : [.. _own, .. _implied, .. _untold];

    /// <summary>With --delete-excluded: rules without a side do not protect (docs/protocol.md 5.2).</summary>
    public bool DeleteExcluded { get; init; }

    /// <summary>With --from0: rules in merge files end with a NUL instead of a newline.</summary>
    public bool NulDelimited { get; init; }

    /// <summary>True when there is no rule at all.</summary>
    public bool IsEmpty => _own.Length + _implied.Length + _untold.Length == 0;

    /// <summary>True when there are rules about extended attributes; without any the caller's default holds (docs/protocol.md 9.3).</summary>
    internal bool HasXattrRules => Rules.Any(rule => !rule.IsDirMerge && rule.Has(FilterModifiers.Xattr));

    internal Func<FilterModifiers, FilterRule[]> CvsRules { get; init; } = _ => [];

    /// <summary>
    /// As they protect at a client: it adds what -C names after it has told the server its rules, and so, as in stock, keeps that also
    /// with --delete-excluded. A "-C" among the given rules has the list be told.
    /// </summary>
    internal FilterRules OfReceivingClient() => !DeleteExcluded || _own.Any(rule => rule.Expansion is not null)
        ? this
        : new(_own, _implied.SelectMany(rule => rule.Expansion is null ? [rule] : CvsRules(rule.Modifiers | FilterModifiers.Sides)), _untold)
        {
            DeleteExcluded = true,
            NulDelimited = NulDelimited,
            CvsRules = CvsRules,
        };

    /// <summary>Makes the rules ready for one side of one transfer. The scope stands above the transfer: enter its directories from there.</summary>
    internal FilterScope Open(FilterSide side, FilterTree? tree = null) => new(this, side, tree ?? new FilterTree());

    /// <summary>The same; <paramref name="told"/> hears what matches, in rsync's words (<see cref="Options.DebugFlag.Filter"/> 1).</summary>
    internal FilterScope OpenTelling(FilterSide side, FilterTree tree, Action<string>? told) => new(this, side, tree) { Told = told };

    /// <summary>
    /// What a client tells the server, in order (docs/protocol.md 5.1, 5.2): the rules that concern the server. Each is 1..5119 bytes;
    /// the caller writes the lengths and the end, and only where the table in 5.1 asks for a list.
    /// </summary>
    /// <param name="client">The side that the client is.</param>
    /// <exception cref="FilterException">A rule is too long for the wire.</exception>
    internal IEnumerable<byte[]> ToWire(FilterSide client)
    {
        var server = client == FilterSide.Sender ? FilterSide.Receiver : FilterSide.Sender;
        // A serving sender adds what -C implies by itself, with its own user's ignore file.
        var rules = client == FilterSide.Sender
            ? _own.Concat(_implied).SelectMany(rule => rule.Expansion ?? [rule])
            : _own;
        foreach (var rule in rules.Where(rule => rule.AppliesTo(server, DeleteExcluded)))
        {
            var text = rule.ToBytes();
            if (text.Length > FilterRule.MaxWireLength)
                throw new FilterException($"filter rule {rule} has {text.Length} bytes; the protocol carries at most {FilterRule.MaxWireLength}");
            yield return text;
        }
    }
}
