namespace ChangedFiles.Rsync.Filters;

/// <summary>What the rules say of a name, and which rule said it; no rule means that none matched, which includes.</summary>
internal readonly record struct FilterVerdict(FilterRule? Rule)
{
    /// <summary>Hidden (sender) or protected (receiver).</summary>
    public bool IsExcluded => Rule is { IsInclude: false };

    /// <summary>Not excluded.</summary>
    public bool IsIncluded => !IsExcluded;

    /// <summary>For people: "excluded by - *.o (file line 3)".</summary>
    public override string ToString() =>
        Rule is null ? "included: no rule matches" : $"{(IsExcluded ? "excluded" : "included")} by {Rule}";
}
