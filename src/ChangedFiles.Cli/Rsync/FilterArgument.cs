using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Cli.Rsync;

/// <summary>Which option a filter text came from; it decides how the text is read.</summary>
internal enum FilterOption
{
    /// <summary>A rule in full syntax: <c>--filter</c>, <c>-F</c>.</summary>
    Filter,
    Include,
    Exclude,

    /// <summary>The text is the name of a file of patterns; "-" is standard input.</summary>
    IncludeFrom,
    ExcludeFrom,
}

/// <summary>A filter option as it was given; the order of all of them is the order of the rules.</summary>
/// <param name="NulDelimited">--from0 came before it.</param>
internal sealed record FilterArgument(FilterOption Option, string Text, bool NulDelimited = false)
{
    /// <summary>Reads the rule, or the file of rules.</summary>
    /// <exception cref="FilterException">It cannot be read or understood.</exception>
    public void AddTo(FilterRulesBuilder rules)
    {
        rules.NulDelimited = NulDelimited;
        _ = Option switch
        {
            FilterOption.Include => rules.AddInclude(Text),
            FilterOption.Exclude => rules.AddExclude(Text),
            FilterOption.IncludeFrom => rules.AddIncludeFrom(Text),
            FilterOption.ExcludeFrom => rules.AddExcludeFrom(Text),
            _ => rules.AddFilter(Text),
        };
    }
}
