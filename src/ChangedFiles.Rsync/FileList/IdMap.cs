using System.Runtime.CompilerServices;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// What a peer's user ids, or group ids, are on this machine (docs/protocol.md 6.5): by rule, else by the name that came with the id,
/// else unchanged. Id 0 is itself unless a rule says otherwise.
/// </summary>
/// <param name="rules">Rules in force.</param>
/// <param name="find">The id of a name on this machine; null when there is none, or names shall not count.</param>
internal sealed class IdMap(IReadOnlyList<IdRule> rules, Func<byte[], uint?>? find)
{
    /// <summary>Most ids with names that a peer may send.</summary>
    public const int MaxNames = 1_000_000;

    // By the bits of the ids, and boxed: a dictionary of these types is compiled ahead.
    private readonly Dictionary<int, StrongBox<uint>> _known = [];

    /// <summary>True when ids may change.</summary>
    public bool Maps => rules.Count > 0 || find is not null;

    /// <summary>The peer does not send the name of id 0.</summary>
    public bool AssumesRoot { get; set; } = true;

    /// <summary>Takes in the name of an id. False when there are too many.</summary>
    public bool TryLearn(uint id, ReadOnlySpan<byte> name)
    {
        if (_known.Count >= MaxNames)
            return false;
        if (Maps)
            _known[(int)id] = new(Decide(id, find is null ? [] : name));
        return true;
    }

    /// <summary>The id here of an id there.</summary>
    public uint Map(uint id)
    {
        if (!Maps)
            return id;
        if (_known.TryGetValue((int)id, out var known))
            return known.Value;
        var mapped = Decide(id, []);
        if (_known.Count < MaxNames)
            _known[(int)id] = new(mapped);
        return mapped;
    }

    private uint Decide(uint id, ReadOnlySpan<byte> name)
    {
        if (id == 0 && name.IsEmpty && AssumesRoot && find is not null)
            name = "root"u8;
        foreach (var rule in rules)
        {
            if (rule.Matches(id, name))
                return rule.Target;
        }
        return id == 0 || name.IsEmpty || name.Contains((byte)0) ? id : find?.Invoke(name.ToArray()) ?? id;
    }
}
