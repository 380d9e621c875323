using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// What a sending server may answer to a client's source arguments (docs/protocol.md 11.5): the names, the directories above them with
/// <c>-R</c>, and what is below them if that was asked for. Arguments may have wildcards, which the server expands.
/// </summary>
internal sealed class RequestedNames
{
    private readonly TransferOptions _options;
    private readonly Dictionary<byte[], SourceKind> _names = new(NameComparer.Instance);
    private readonly HashSet<byte[]> _parents = new(NameComparer.Instance);
    private readonly List<SourceArgument> _patterns = [];
    private readonly FilterScope? _hidden;

    /// <param name="options">The client's options.</param>
    /// <param name="arguments">The source arguments as the server gets them, without host or module; names of a files-from as well.</param>
    /// <param name="filters">The client's rules: what they hide from the sender is not asked for.</param>
    public RequestedNames(TransferOptions options, IEnumerable<byte[]> arguments, FilterRules? filters = null)
    {
        _options = options;
        // What the sender's merge files and its own user's ignore files say is not known here.
        if (filters is not null && !options.Selection.CvsExclude && filters.Open(FilterSide.Sender) is { HasMergeFiles: false } scope)
            _hidden = scope;
        foreach (var argument in arguments)
            Add(SourceArgument.Parse(argument, options.Selection.Relative));
    }

    /// <summary>True when one of the arguments can have produced the entry.</summary>
    public bool Allow(FileEntry entry)
    {
        var path = entry.Path.Bytes;
        if (entry.Path.IsRoot)
            return entry.IsDirectory;
        // What is to be deleted is an argument itself, never something below one.
        if (entry.IsMissing)
        {
            return _names.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(path)
                || _patterns.Exists(pattern => pattern.Path.Depth == entry.Path.Depth && Matches(pattern.Path, entry.Path));
        }
        if (_hidden?.Check(entry.Path, entry.IsDirectory).IsExcluded == true)
            return false;
        return AllowsName(path)
            || (entry.IsDirectory && _parents.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(path))
            || _patterns.Exists(pattern => Allows(pattern, entry));
    }

    /// <summary>
    /// True for a directory that can only have come as the parent of something: whatever the sender says, its contents were not asked for,
    /// and nothing may be deleted in it (docs/protocol.md 10.2).
    /// </summary>
    public bool IsOnlyParent(TreePath path) =>
        !path.IsRoot && _parents.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(path.Bytes) && !AllowsName(path.Bytes);

    /// <summary>
    /// False for a directory of which only itself can have been asked for: nothing may be deleted in it either (docs/protocol.md 10.2).
    /// </summary>
    public bool AllowsContents(TreePath directory)
    {
        if (directory.IsRoot)
            return _names.TryGetValue(TreePath.Root.Bytes.ToArray(), out var kind) && AllowsBelow(kind, 1);
        return AllowsName(directory.Bytes, below: 1)
            || _patterns.Exists(pattern => directory.Depth >= pattern.Path.Depth && Matches(pattern.Path, directory)
                && AllowsBelow(pattern.Kind, directory.Depth + 1 - pattern.Path.Depth));
    }

    private void Add(SourceArgument argument)
    {
        if (argument.Path.Bytes.ContainsAny("*?[\\"u8))
        {
            _patterns.Add(argument);
            return;
        }
        var name = argument.Path.Bytes.ToArray();
        _names[name] = _names.TryGetValue(name, out var kind) && kind > argument.Kind ? kind : argument.Kind;
        for (var above = argument.Path.Parent; !above.IsRoot; above = above.Parent)
            _parents.Add(above.Bytes.ToArray());
    }

    /// <summary>Looks for the name, and for each directory it is in.</summary>
    /// <param name="path">The name.</param>
    /// <param name="below">1: what is in it is meant.</param>
    private bool AllowsName(ReadOnlySpan<byte> path, int below = 0)
    {
        var names = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (names.TryGetValue("."u8, out var kind) && AllowsBelow(kind, path.Count((byte)'/') + 1 + below))
            return true;
        var name = path;
        for (; ; below++)
        {
            if (names.TryGetValue(name, out kind) && (below == 0 || AllowsBelow(kind, below)))
                return true;
            var slash = name.LastIndexOf((byte)'/');
            if (slash < 0)
                return false;
            name = name[..slash];
        }
    }

    private bool AllowsBelow(SourceKind kind, int levels) =>
        _options.Selection.Recurse || (_options.TransfersDirs && kind != SourceKind.Name && levels == 1);

    private bool Allows(SourceArgument pattern, FileEntry entry)
    {
        var below = entry.Path.Depth - pattern.Path.Depth;
        return Matches(pattern.Path, entry.Path) && (below < 0 ? entry.IsDirectory : below == 0 || AllowsBelow(pattern.Kind, below));
    }

    /// <summary>Compares as many components as the shorter one has. A wildcard never crosses a slash.</summary>
    private static bool Matches(TreePath pattern, TreePath path)
    {
        var patterns = new PathParts(pattern.Bytes);
        foreach (var name in new PathParts(path.Bytes))
        {
            if (!patterns.MoveNext())
                return true;
            if (!Wildmatch.IsMatch(patterns.Current, name))
                return false;
        }
        return true;
    }
}
