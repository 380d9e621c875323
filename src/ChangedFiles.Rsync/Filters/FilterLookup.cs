using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// Answers for any path of a tree in any order, where a walk would ask directory by directory: for one who hears of single
/// names. Keeps what it read of merge files until told to forget. Safe for several threads if the file source is.
/// </summary>
internal sealed class FilterLookup(FilterScope top)
{
    /// <summary>Directories remembered; then it begins anew.</summary>
    private const int MaxRemembered = 4096;

    private readonly Lock _lock = new();
    private Dictionary<TreePath, FilterScope>? _scopes;

    /// <summary>What the rules say of the name itself; the directories above it are not asked.</summary>
    public FilterVerdict Check(TreePath path, bool isDirectory, bool ignorePerishable = false)
    {
        if (path.IsRoot || !top.HasMergeFiles)
            return top.Check(path, isDirectory, ignorePerishable);
        lock (_lock)
            return ScopeOf(path.Parent).Check(path, isDirectory, ignorePerishable);
    }

    /// <summary>What a walk from the top would come to: the first excluded directory on the way decides, else the name itself.</summary>
    public FilterVerdict CheckAlong(TreePath path, bool isDirectory)
    {
        for (var slash = path.Bytes.IndexOf((byte)'/'); slash > 0; slash = NextSlash(path, slash))
        {
            var verdict = Check(TreePath.Parse(path.Bytes[..slash]), isDirectory: true);
            if (verdict.IsExcluded)
                return verdict;
        }
        return Check(path, isDirectory);
    }

    /// <summary>True for a merge file's name. When one changes: <see cref="Forget"/>, and look at its whole directory again.</summary>
    public bool IsMergeFile(ReadOnlySpan<byte> name) => top.IsMergeFile(name);

    /// <summary>Merge files have changed; all are read again when they are next needed.</summary>
    public void Forget()
    {
        lock (_lock)
            _scopes?.Clear();
    }

    private static int NextSlash(TreePath path, int slash)
    {
        var next = path.Bytes[(slash + 1)..].IndexOf((byte)'/');
        return next < 0 ? -1 : slash + 1 + next;
    }

    private FilterScope ScopeOf(TreePath directory)
    {
        _scopes ??= [];
        if (_scopes.TryGetValue(directory, out var scope))
            return scope;
        scope = (directory.IsRoot ? top : ScopeOf(directory.Parent)).Enter(directory);
        if (_scopes.Count >= MaxRemembered)
            _scopes.Clear();
        _scopes.Add(directory, scope);
        return scope;
    }
}
