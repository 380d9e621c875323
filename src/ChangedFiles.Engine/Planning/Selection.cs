using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Engine.Planning;

/// <summary>Which names of a tree are mirrored. For one thread.</summary>
public sealed class Selection
{
    private readonly FilterLookup? _rules;

    /// <param name="rules">What is left out.</param>
    /// <param name="tree">Where per-directory merge files are read.</param>
    public Selection(FilterRules rules, IFileSource tree) =>
        _rules = rules.IsEmpty ? null : new FilterLookup(rules.Open(FilterSide.Sender, new FilterTree { Source = tree }));

    /// <summary>True for a name that is left out, or below a directory that is.</summary>
    public bool Excludes(TreePath path, bool isDirectory) => _rules is not null && _rules.CheckAlong(path, isDirectory).IsExcluded;

    /// <summary>Merge files are read anew: they may have changed.</summary>
    public void Refresh() => _rules?.Forget();
}
