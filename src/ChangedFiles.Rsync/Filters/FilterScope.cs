using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Filters;

/// <summary>
/// The rules as they stand in one directory, for one side. A walk enters each directory from its parent's scope and checks the
/// names in it; scopes are immutable, so that a walk keeps as many as it likes and may share them between threads.
/// </summary>
internal sealed class FilterScope
{
    private readonly FilterRules _rules;
    private readonly FilterSide _side;
    private readonly FilterTree _tree;
    private readonly RuleList _list;

    /// <summary>The merge rules in force. Lists below only ever append to their parents', so an index is good for all of them.</summary>
    private readonly FilterRule[] _merges;

    /// <summary>What each merge rule stands for here; null: nothing.</summary>
    private readonly RuleList?[] _merged;

    /// <summary>False until the first directory is entered, which is when the directories above it are looked at.</summary>
    private readonly bool _entered;

    /// <summary>Hears of every match.</summary>
    internal Action<string>? Told { get; init; }

    internal FilterScope(FilterRules rules, FilterSide side, FilterTree tree)
    {
        (_rules, _side, _tree) = (rules, side, tree);
        _list = new RuleList(rules.Rules, side, rules.DeleteExcluded, PathStart);
        HasXattrRules = rules.HasXattrRules;
        _merges = [.. rules.Rules.Where(rule => rule.IsDirMerge && rule.AppliesTo(side, rules.DeleteExcluded))];
        _merged = new RuleList?[_merges.Length];
    }

    private FilterScope(FilterScope parent, FilterRule[] merges, RuleList?[] merged)
    {
        (_rules, _side, _tree, _list) = (parent._rules, parent._side, parent._tree, parent._list);
        (_merges, _merged, _entered, Told, HasXattrRules) = (merges, merged, true, parent.Told, parent.HasXattrRules);
    }

    private ReadOnlySpan<byte> RootBytes => _tree.Root.IsRoot ? default : _tree.Root.Bytes;

    private int PathStart => RootBytes.Length + 1;

    /// <summary>False when <see cref="Enter"/> has nothing to read: this scope is then good for the whole tree.</summary>
    public bool HasMergeFiles => _merges.Length > 0;

    /// <summary>The rules as they are inside <paramref name="directory"/>, which is in the directory of this scope (or is the transfer's top).</summary>
    /// <exception cref="FilterException">Its merge file has a rule that cannot be read.</exception>
    public FilterScope Enter(TreePath directory)
    {
        if (_merges.Length == 0)
            return this;
        var walk = new MergeWalk(this, directory);
        if (!_entered)
            walk.ReadAbove();
        return walk.ReadHere();
    }

    /// <summary>What the rules say of a path in this scope's directory. The top of the transfer itself is always included.</summary>
    /// <param name="path">Below the transfer root.</param>
    /// <param name="isDirectory">What it is.</param>
    /// <param name="ignorePerishable">While the directory it is in is being deleted: rules with p do not hold it back.</param>
    public FilterVerdict Check(TreePath path, bool isDirectory, bool ignorePerishable = false) =>
        path.IsRoot ? default : Check(path.Bytes, isDirectory, ignorePerishable);

    /// <inheritdoc cref="Check(TreePath, bool, bool)"/>
    public FilterVerdict Check(ReadOnlySpan<byte> path, bool isDirectory, bool ignorePerishable = false) =>
        _rules.IsEmpty ? default
            : Tell(new(_list.FirstMatch(new FilterName(RootBytes, path, isDirectory), this, xattr: false, ignorePerishable)), path, isDirectory);

    private FilterVerdict Tell(FilterVerdict verdict, ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (Told is not null && verdict.Rule is { } rule)
        {
            var action = (_side, verdict.IsExcluded) switch
            {
                (FilterSide.Sender, true) => "[sender] hiding",
                (FilterSide.Sender, false) => "[sender] showing",
                (_, true) => "[generator] protecting",
                _ => "[generator] risking",
            };
            Told($"{action} {(isDirectory ? "directory" : "file")} {ArgumentText.Decode(path)} because of pattern {rule.Describe(_rules.Rules)}");
        }
        return verdict;
    }

    /// <summary>True when there are rules about extended attributes, which then alone decide about them.</summary>
    public bool HasXattrRules { get; }

    /// <summary>What the rules with x say of an attribute's name, for example "user.comment".</summary>
    public FilterVerdict CheckXattr(ReadOnlySpan<byte> name) =>
        _rules.IsEmpty ? default : new(_list.FirstMatch(new FilterName(default, name, false), this, xattr: true, ignorePerishable: false));

    /// <summary>True for a name that per-directory merge files have: when such a file changes, what its directory's scopes say may change.</summary>
    public bool IsMergeFile(ReadOnlySpan<byte> name)
    {
        foreach (var merge in _merges)
        {
            if (merge.LastName.SequenceEqual(name))
                return true;
        }
        return false;
    }

    internal RuleList? MergedBy(FilterRule merge)
    {
        var i = Array.IndexOf(_merges, merge);
        return i < 0 ? null : _merged[i];
    }

    /// <summary>The steps from one directory's lists to the next one's.</summary>
    private sealed class MergeWalk(FilterScope from, TreePath directory)
    {
        private readonly List<FilterRule> _merges = [.. from._merges];
        private readonly List<RuleList?> _merged = [.. from._merged];
        private bool _changed;

        /// <summary>A merge rule with a path begins at that directory, when it is above the first one that is transferred.</summary>
        public void ReadAbove()
        {
            _changed = true;
            if (from._tree.Top is not { } top)
                return;
            for (var i = 0; i < _merges.Count; i++)
                ReadAbove(i, top);
        }

        private void ReadAbove(int i, IFileSource top)
        {
            var first = from._tree.Root.Append(directory);
            if (!TryStart(_merges[i], first, out var at))
                return;
            for (; at != first; at = Down(at, first))
                Read(i, top, at, at.IsRoot ? (from._tree.Root.IsRoot ? 1 : 0) : at.Bytes.Length + 1);
        }

        public FilterScope ReadHere()
        {
            for (var i = 0; i < _merges.Count; i++)
            {
                if (from._tree.Source is { } source)
                    Read(i, source, directory, from.PathStart + (directory.IsRoot ? 0 : directory.Bytes.Length + 1));
            }
            return _changed ? new FilterScope(from, [.. _merges], [.. _merged]) : from;
        }

        private static bool TryStart(FilterRule merge, TreePath first, out TreePath start)
        {
            start = first;
            var folder = merge.Pattern[..^merge.LastName.Length];
            if (folder.IsEmpty)
                return false;
            var absolute = folder[0] == '/';
            return MergeFiles.TryResolve(absolute ? TreePath.Root : first, folder[(absolute ? 1 : 0)..], out start) && first.IsBelow(start);
        }

        private static TreePath Down(TreePath at, TreePath towards)
        {
            var rest = towards.RelativeTo(at).Bytes;
            var slash = rest.IndexOf((byte)'/');
            return at.Child(slash < 0 ? rest : rest[..slash]);
        }

        private void Read(int i, IFileSource source, TreePath at, int anchor)
        {
            var merge = _merges[i];
            var inherited = merge.Has(FilterModifiers.NoInherit) ? null : _merged[i];
            var path = at.Child(merge.LastName);
            var errno = MergeFiles.Read(from._tree, source, path, out var contents);
            if (errno is not (Errno.None or Errno.ENOENT or Errno.ENOTDIR))
                from._tree.Warning?.Invoke($"filter rules in {path} cannot be read ({errno.Describe()}); going on without them");
            if (contents.Length == 0)
            {
                Set(i, inherited);
                return;
            }
            if (merge.IsGit)
                Set(i, new RuleList(GitIgnoreFile.Parse(contents, path.ToString()), from._side, false, anchor, inherited));
            else
                ReadRules(i, source, path, contents, anchor, inherited);
        }

        private void ReadRules(int i, IFileSource source, TreePath path, byte[] contents, int anchor, RuleList? inherited)
        {
            var reader = new RuleReader((name, _) => OpenMerge(source, name, path), from._rules.CvsRules)
            {
                NulDelimited = from._rules.NulDelimited,
                IsMergedAlready = name => _merges.Exists(known => known.LastName.SequenceEqual(name.Span)),
                Warn = from._tree.TooLong,
                PathStart = anchor,
            };
            var isSecret = _merges[i].Origin is not null;
            reader.AddFile(contents, new RuleTemplate(_merges[i].Modifiers), isSecret ? "a file read earlier" : Shown(source, path), isSecret);
            Set(i, new RuleList(reader.Rules, from._side, from._rules.DeleteExcluded, anchor, reader.Cleared ? null : inherited));
            foreach (var nested in reader.Rules.Where(rule => rule.IsDirMerge && rule.AppliesTo(from._side, from._rules.DeleteExcluded)))
            {
                _merges.Add(nested);
                _merged.Add(null);
                _changed = true;
                if (from._tree.Top is { } top)
                    ReadAbove(_merges.Count - 1, top);
            }
        }

        /// <summary>A file of rules in errors.</summary>
        private string Shown(IFileSource source, TreePath path) => from._tree.Top is null ? $"{path}"
            : ReferenceEquals(source, from._tree.Top) ? $"/{path}" : $"/{from._tree.Root.Append(path)}";

        private void Set(int i, RuleList? list)
        {
            _changed |= !ReferenceEquals(_merged[i], list);
            _merged[i] = list;
        }

        /// <summary>A file that a merge file names: beside the transfer's top when it is a bare name, else from the naming file's directory.</summary>
        private byte[] OpenMerge(IFileSource source, ReadOnlySpan<byte> name, TreePath namedIn)
        {
            var start = name.Contains((byte)'/') ? namedIn.Parent : TreePath.Root;
            if (!MergeFiles.TryResolve(start, name, out var path))
                throw new FilterException($"filter rules in {namedIn}: the file to merge is outside the tree");
            var errno = MergeFiles.Read(from._tree, source, path, out var contents);
            return errno == Errno.None
                ? contents
                : throw new FilterException($"filter rules in {namedIn}: the file to merge cannot be read: {errno.Describe()}", ExitCode.FileIO);
        }
    }
}
