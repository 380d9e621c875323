using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Engine.Planning;

/// <summary>Which names of a tree are mirrored. For one thread.</summary>
public sealed class Selection
{
    private readonly FilterLookup? _rules;
    private readonly HashSet<string> _mergeFiles;

    /// <param name="rules">What is left out.</param>
    /// <param name="tree">Where per-directory merge files are read.</param>
    public Selection(FilterRules rules, IFileSource tree)
    {
        _rules = rules.IsEmpty ? null : new FilterLookup(rules.Open(FilterSide.Sender, new FilterTree { Source = tree }));
        _mergeFiles = [.. rules.Rules.Where(rule => rule.IsDirMerge).Select(rule => TreePath.Printable(rule.LastName))];
    }

    /// <summary>True for a file of rules: when it changes, everything in its directory may be mirrored or not as it was before.</summary>
    public bool Decides(TreePath path) => _mergeFiles.Count > 0 && _mergeFiles.Contains(TreePath.Printable(path.Name));

    /// <summary>True for a name that is left out, or below a directory that is.</summary>
    public bool Excludes(TreePath path, bool isDirectory) => _rules is not null && _rules.CheckAlong(path, isDirectory).IsExcluded;

    /// <summary>Merge files are read anew: they may have changed.</summary>
    public void Refresh() => _rules?.Forget();
}
