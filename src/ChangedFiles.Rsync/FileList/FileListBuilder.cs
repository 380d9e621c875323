using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Makes the lists of a sending side out of its source arguments (docs/protocol.md 6.8 to 6.11): one complete list, or, incrementally,
/// a first one and then one for each directory, depth first in sorted order. Entries are handed out as they are found, before their
/// list is complete, so that they can travel at once. What cannot be read is told and counted, and the rest goes on.
/// Belongs to one thread.
/// </summary>
internal sealed class FileListBuilder
{
    private readonly TransferOptions _options;
    private readonly bool _incremental;
    private readonly FilterRules _rules;
    private readonly OpenSource _open;
    private readonly EntryMaker _maker;
    private readonly Dictionary<byte[], SourceRoot?> _roots = new(NameComparer.Instance);
    private readonly List<FileEntry> _entries = [];
    private readonly List<byte[]> _names = [];
    private Dictionary<(SourceRoot Root, TreePath Path), FileEntry?>? _implied;
    private readonly Dictionary<FileEntry, List<NamedSource>> _named = [];
    private readonly Stack<PendingDirectory> _pending = [];
    private ScopesByRoot _scopes = [];
    private (SourceRoot? Root, TreePath Above) _last;
    private bool _topIsImplied;

    /// <param name="options">What is selected and what is kept of it.</param>
    /// <param name="incremental">The lists go in pieces.</param>
    /// <param name="rules">Filter rules.</param>
    /// <param name="open">Opens the directories that arguments start from.</param>
    /// <param name="checksum">Digests for <c>-c</c>; null without.</param>
    /// <param name="report">Told of everything that is left out, in rsync's words without a name in front.</param>
    public FileListBuilder(
        TransferOptions options, bool incremental, FilterRules rules, OpenSource open,
        FileChecksum? checksum = null, Action<MessageCode, string>? report = null)
    {
        (_options, _incremental, _rules, _open) = (options, incremental, rules, open);
        _maker = new EntryMaker(options, checksum, report ?? (static (_, _) => { }));
        Lists = new FileLists(incremental, receiving: false);
    }

    /// <summary>Given every entry when it is found, in order of transmission.</summary>
    public Action<FileEntry>? Found { get; set; }

    /// <summary>Directories that <c>-xx</c> leaves out are told: <see cref="InfoFlag.Mount"/> 1.</summary>
    public bool SaysMounts { get; init; }

    /// <summary>What filter rules decide is told: <see cref="DebugFlag.Filter"/> 1.</summary>
    public bool SaysFilters { get; init; }

    /// <summary>Links that are followed because they lead out of the tree are told: <see cref="InfoFlag.Symsafe"/> 1.</summary>
    public bool SaysUnsafeLinks { get => _maker.SaysUnsafeLinks; init => _maker.SaysUnsafeLinks = value; }

    /// <summary>The lists so far, numbered.</summary>
    public FileLists Lists { get; }

    /// <summary>Error bits (11.3) of everything so far.</summary>
    public int IoError => _maker.IoError;

    /// <summary>The number of the directory whose list comes next; -1 when all have been made.</summary>
    public int NextDirectory => _pending.TryPeek(out var next) ? next.Number : -1;

    private bool Recurses => _options.Selection.Recurse;

    /// <summary>Makes the first, or only, list.</summary>
    /// <param name="arguments">The sources; may be read lazily, as names of a files-from come.</param>
    public FileList BuildFirst(IEnumerable<SourceArgument> arguments)
    {
        foreach (var argument in arguments)
            AddArgument(argument);
        return Complete(-1);
    }

    /// <summary>Makes the list of <see cref="NextDirectory"/>. Directories of one name from several sources are one list.</summary>
    public FileList BuildNext()
    {
        var (number, scopes) = _pending.Pop();
        _scopes = [];
        for (var at = number; at == number || IsRepeated(at); at++)
            AddDirectory(Lists.NumberedDirectory(at), scopes);
        return Complete(number);
    }

    private FileList Complete(int directoryNumber)
    {
        var known = Lists.DirectoryCount;
        var list = Lists.Add(_entries, directoryNumber);
        _entries.Clear();
        _implied?.Clear();
        for (var number = Lists.DirectoryCount - 1; number >= known; number--)
        {
            if (!Lists.NumberedDirectory(number).Path.IsRoot && !(number > known && IsRepeated(number)))
                _pending.Push(new PendingDirectory(number, _scopes));
        }
        Lists.Complete = _pending.Count == 0;
        return list;
    }

    /// <summary>True when a directory has the name of the one numbered before it.</summary>
    private bool IsRepeated(int number) =>
        number < Lists.DirectoryCount && FileOrder.Compare(Lists.NumberedDirectory(number - 1), Lists.NumberedDirectory(number)) == 0;

    private void AddArgument(SourceArgument argument)
    {
        if (Open(argument.Directory) is not { } root)
            return;
        if (argument.ImpliesTop && !_topIsImplied)
        {
            _topIsImplied = true;
            AddImplied(root, TreePath.Root, root.Scope!);
        }
        var seen = Look(root, argument);
        if (seen.Error == Errno.ENOENT && _options.Selection.MissingArgs == MissingArgs.Ignore)
            return;
        var isMissing = seen.Error == Errno.ENOENT && _options.Selection.MissingArgs == MissingArgs.Delete;
        var isDirectory = seen.Stat.IsDirectory;
        if (seen.Error != Errno.None && !isMissing)
            Unnamed(root, argument.Path, seen.Error);
        else if (!isMissing && argument.Kind != SourceKind.Top && root.Scope!.Check(argument.Path, isDirectory).IsExcluded)
            return;
        else if (isDirectory && !_options.TransfersDirs)
            _maker.Skipped(Messages.SkippingDirectory(ArgumentText.Decode(argument.Path.Bytes)));
        else if (_incremental)
            PlaceInPieces(new NamedSource(root, argument, isMissing), depth: 0, root.Scope!);
        else
            PlaceWhole(new NamedSource(root, argument, isMissing), seen);
    }

    /// <summary>Puts what was named into a complete list, behind the directories it is in.</summary>
    private void PlaceWhole(NamedSource named, Sighting seen)
    {
        var path = named.Argument.Path;
        var scope = named.Root.Scope!;
        var isElsewhere = GoesElsewhere(named.Root, path);
        for (var depth = 1; depth < path.Depth; depth++)
        {
            if (isElsewhere)
                MakeImplied(named.Root, Ancestor(path, depth), scope);
            scope = scope.Enter(Ancestor(path, depth));
        }
        AddNamed(named, scope, seen);
    }

    /// <summary>
    /// False when the directories above a name were listed with the last ones. Others are listed anew, as in stock: nobody remembers all of them.
    /// </summary>
    private bool GoesElsewhere(SourceRoot root, TreePath path)
    {
        var above = path.Parent;
        if (above.IsRoot || (_last.Root == root && (_last.Above == above || _last.Above.IsBelow(above))))
            return false;
        _last = (root, above);
        return true;
    }

    /// <summary>Puts what was named into the current one of the incremental lists, or notes it for that of the directory it is in.</summary>
    /// <param name="depth">Depth of the directory that the current list is of.</param>
    /// <param name="scope">The rules in that directory.</param>
    private void PlaceInPieces(NamedSource named, int depth, FilterScope scope)
    {
        var path = named.Argument.Path;
        if (path.Depth <= depth + 1)
            AddNamed(named, scope, Look(named.Root, named.Argument));
        else if (AddImplied(named.Root, Ancestor(path, depth + 1), scope) is { } above)
            (_named.TryGetValue(above, out var rest) ? rest : _named[above] = []).Add(named);
    }

    /// <summary>Lists a directory above something named, once (6.9). Links on the way are followed; filters do not concern it.</summary>
    private FileEntry? AddImplied(SourceRoot root, TreePath path, FilterScope scope)
    {
        _implied ??= [];
        if (!_implied.TryGetValue((root, path), out var known))
            _implied[(root, path)] = known = MakeImplied(root, path, scope) is { IsDirectory: true } made ? made : null;
        return known;
    }

    private FileEntry? MakeImplied(SourceRoot root, TreePath path, FilterScope scope)
    {
        FileStat stat = default;
        var error = root.Bound?.Invoke(path) ?? Errno.None;
        if (error == Errno.None)
            error = root.Tree.StatThrough(path, out stat);
        FileEntry? entry = null;
        if (error != Errno.None)
            Unnamed(root, path, error);
        else if ((entry = _maker.Make(root, path, stat, null, DirectoryContent.Implied, scope)) is not null)
            Emit(entry, root, scope);
        return entry;
    }

    private void AddNamed(NamedSource named, FilterScope scope, Sighting seen)
    {
        var (root, argument) = (named.Root, named.Argument);
        if (named.IsMissing)
        {
            Emit(FileEntry.Missing(argument.Path), root, scope);
            return;
        }
        if (seen.Error != Errno.None)
        {
            Unnamed(root, argument.Path, seen.Error);
            return;
        }
        var stat = seen.Stat;
        var withContents = Recurses || argument.Kind != SourceKind.Name;
        var content = !stat.IsDirectory ? DirectoryContent.Listed : withContents ? DirectoryContent.Top : DirectoryContent.None;
        if (_maker.Make(root, argument.Path, stat, seen.Target, content, scope) is not { } entry)
            return;
        Emit(entry, root, scope);
        if (!stat.IsDirectory || !withContents)
            return;
        if (!_incremental)
            AddTree(root, argument.Path, scope, stat.Device);
        else if (argument.Path.IsRoot)
            AddChildren(root, argument.Path, Enter(root, scope, argument.Path), stat.Device);
    }

    /// <summary>The entries of one directory of the incremental lists.</summary>
    private void AddDirectory(FileEntry directory, ScopesByRoot scopes)
    {
        var root = directory.Source!;
        var scope = Enter(root, scopes[root], directory.Path);
        if ((directory.Content & DirectoryContent.None) == 0)
        {
            FileStat stat = default;
            var error = _options.Selection.OneFileSystem > 0 ? root.Tree.Stat(directory.Path, out stat) : Errno.None;
            if (error == Errno.None)
                AddChildren(root, directory.Path, scope, stat.Device);
            else
                Unread(root, directory.Path, scope, error, "directory");
        }
        if (_named.Remove(directory, out var named))
            named.ForEach(each => PlaceInPieces(each, directory.Path.Depth, scope));
    }

    /// <summary>A directory's contents, with those of its sub-directories behind.</summary>
    private void AddTree(SourceRoot root, TreePath directory, FilterScope above, ulong device)
    {
        var scope = above.Enter(directory);
        var first = _entries.Count;
        AddChildren(root, directory, scope, device);
        var end = _entries.Count;
        for (var i = first; Recurses && i < end; i++)
        {
            if (_entries[i] is { IsDirectory: true, Content: DirectoryContent.Listed } child)
                AddTree(root, child.Path, scope, device);
        }
    }

    private void AddChildren(SourceRoot root, TreePath directory, FilterScope scope, ulong device)
    {
        _names.Clear();
        var error = root.Tree.List(directory, _names);
        if (error == Errno.ENOENT)
            _maker.Vanished($"directory has vanished: {root.Describe(directory)}");
        else if (error != Errno.None)
            _maker.Lost($"opendir {root.Describe(directory)} failed: {EntryMaker.Reason(error)}");
        foreach (var name in _names)
            AddChild(root, directory.Child(name), scope, device);
    }

    private void AddChild(SourceRoot root, TreePath path, FilterScope scope, ulong device)
    {
        if (path.Bytes.Length > TreePath.MaxLength)
        {
            _maker.Lost($"filename overflows max-path len by {path.Bytes.Length - TreePath.MaxLength}: {path}");
            return;
        }
        var error = _maker.Stat(root.Tree, path, out var stat, out var target);
        if (error != Errno.None)
        {
            Unread(root, path, scope, error, "file");
            return;
        }
        var content = stat.IsDirectory && !Recurses ? DirectoryContent.None : DirectoryContent.Listed;
        if (stat.IsDirectory && Recurses && _options.Selection.OneFileSystem > 0 && stat.Device != device)
        {
            if (_options.Selection.OneFileSystem > 1)
            {
                if (SaysMounts)
                    _maker.Skipped(Messages.SkippingMount("sender", path.ToString()));
                return;
            }
            content = DirectoryContent.None;
        }
        if (scope.Check(path, stat.IsDirectory).IsExcluded)
            return;
        if (_maker.Make(root, path, stat, target, content, scope) is { } entry)
            Emit(entry, root, scope);
    }

    private void Emit(FileEntry entry, SourceRoot root, FilterScope scope)
    {
        if (_incremental && entry.IsDirectory)
            _scopes.TryAdd(root, scope);
        _entries.Add(entry);
        Found?.Invoke(entry);
    }

    private FilterScope Enter(SourceRoot root, FilterScope scope, TreePath directory) => _scopes[root] = scope.Enter(directory);

    private SourceRoot? Open(byte[] directory)
    {
        if (_roots.TryGetValue(directory, out var known))
            return known;
        var error = _open(directory, out var root);
        if (error != Errno.None)
            Unopened(directory, error);
        else
            root!.Scope = _rules.OpenTelling(FilterSide.Sender, root.Filters with { TooLong = _maker.Warn }, SaysFilters ? _maker.Skipped : null);
        return _roots[directory] = error == Errno.None ? root : null;
    }

    /// <summary>Without the directory that files-from is relative to there is nothing to do.</summary>
    private void Unopened(byte[] directory, Errno error)
    {
        if (_options.Selection.FilesFrom is not null)
            throw new RsyncException(ExitCode.FileSelection, SessionStage.FileList, $"change_dir to the source failed: {EntryMaker.Reason(error)}");
        var path = Path.Join(directory is [(byte)'/', ..] ? "" : Environment.CurrentDirectory, TreePath.Printable(directory));
        _maker.Lost($"change_dir \"{path.TrimEnd('/')}\" failed: {EntryMaker.Reason(error)}");
    }

    /// <summary>A name with a slash behind means what a link leads to.</summary>
    private Sighting Look(SourceRoot root, SourceArgument argument)
    {
        byte[]? target = null;
        if (root.Bound?.Invoke(argument.Path) is > Errno.None and var refused)
            return new Sighting(refused, default, null);
        var error = argument.Kind == SourceKind.Name
            ? _maker.Stat(root.Tree, argument.Path, out var stat, out target)
            : root.Tree.StatThrough(argument.Path, out stat);
        return new Sighting(error, stat, target);
    }

    /// <summary>Something named cannot be sent. When it does not exist, nothing is hidden from the receiver.</summary>
    private void Unnamed(SourceRoot root, TreePath path, Errno error)
    {
        var text = $"link_stat {root.Describe(path)} failed: {EntryMaker.Reason(error)}";
        if (error == Errno.ENOENT)
            _maker.Missing(text);
        else
            _maker.Lost(text);
    }

    /// <summary>Something that was listed a moment ago cannot be sent; what the rules exclude need not be told.</summary>
    private void Unread(SourceRoot root, TreePath path, FilterScope scope, Errno error, string kind)
    {
        if (scope.Check(path, isDirectory: false).IsExcluded || scope.Check(path, isDirectory: true).IsExcluded)
            return;
        if (error != Errno.ENOENT)
            _maker.Lost($"readlink_stat({root.Describe(path)}) failed: {EntryMaker.Reason(error)}");
        else if (root.Tree.Stat(path, out var stat) == Errno.None && stat.IsSymlink)
            _maker.Lost($"symlink has no referent: {root.Describe(path)}");
        else
            _maker.Vanished($"{kind} has vanished: {root.Describe(path)}");
    }

    private static TreePath Ancestor(TreePath path, int depth)
    {
        while (path.Depth > depth)
            path = path.Parent;
        return path;
    }

    /// <summary>An argument whose entry is still to be made.</summary>
    private sealed record NamedSource(SourceRoot Root, SourceArgument Argument, bool IsMissing);

    /// <summary>What a named source was when it was looked at.</summary>
    private readonly record struct Sighting(Errno Error, FileStat Stat, byte[]? Target);

    /// <summary>A directory whose list is still to be made, with the rules of the directory it is in.</summary>
    private sealed record PendingDirectory(int Number, ScopesByRoot Scopes);

    private sealed class ScopesByRoot : Dictionary<SourceRoot, FilterScope>;
}
