using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>
/// Renames at a stock receiver (docs/architecture.md, "Renames"): the new name becomes a hard link to what has the old one, and the batch itself deletes that later.
/// Nothing here is needed for the destination to become right; what does not work out is sent as if nobody knew of a rename.
/// </summary>
internal sealed class RsyncRenames
{
    private const int EntriesPerSession = 20_000;

    private readonly RsyncDelivery _delivery;
    private readonly RsyncDestination _destination;
    private readonly PlannedBatch _batch;
    private readonly Dictionary<TreePath, PlannedItem> _items;
    // By its new name, what is linked to a name of our own at the top of the destination until the batch itself runs.
    private readonly Dictionary<TreePath, TreePath> _aside = [];

    public RsyncRenames(RsyncDelivery delivery, RsyncDestination destination, PlannedBatch batch)
    {
        (_delivery, _destination, _batch) = (delivery, destination, batch);
        _items = batch.Renames.Count == 0 ? [] : batch.Items.ToDictionary(item => item.Path);
    }

    /// <summary>Links what can be linked.</summary>
    /// <returns>The batch, with what is needed to complete the renames.</returns>
    public PlannedBatch Prepare()
    {
        SetApart();
        if (_batch.Renames.Count == 0 || !_destination.Options.Delete || _destination.Options.DryRun || !_destination.Features.HardLinks
            || _batch.Items.Sum(item => item.Stat.IsRegular ? item.Stat.Size : 0) < _destination.Options.RenamesFrom)
            return _batch;
        // Where a directory has the old name now, a receiver that knows it already would empty it to make room for the file.
        var files = _batch.Renames.Where(rename => rename.Contents is null && !(_items.GetValueOrDefault(rename.From)?.Stat.IsDirectory ?? false)).ToLookup(IsCrossed());
        var trees = _batch.Renames.Where(rename => rename.Contents is not null && _destination.Features.LinkDest && IsWord(rename.From) && IsWord(rename.To.Path))
            .ToLookup(IsCrossed());
        SetAside(files[true]);
        foreach (var rename in trees[true])
            LinkTree(rename, rename.From, _aside[rename.To.Path] = NewAside());
        Remove(trees.SelectMany(group => group).Select(rename => rename.To.Path));
        foreach (var rename in trees.SelectMany(group => group))
            LinkTree(rename, _aside.TryGetValue(rename.To.Path, out var aside) ? aside : rename.From, rename.To.Path);
        SetAside(Link(files[false], rename => rename.To.Path));
        return _aside.Count == 0 ? _batch : WithAsides();
    }

    /// <summary>Removes the names that were needed on the way, also those that an earlier batch had to leave.</summary>
    /// <returns>What the receiver said when it could not; the names are kept in mind then.</returns>
    public IReadOnlyList<string> CleanUp()
    {
        if (Remove(_destination.Asides) is { ErrorCount: > 0 } failed)
            return failed.Errors;
        _destination.Asides.Clear();
        return [];
    }

    /// <summary>
    /// Whether a rename has a name in common with another, or one below another's, and so cannot be done before or after it: they were swapped, passed on,
    /// or moved into each other. It then takes two steps.
    /// </summary>
    private Func<PlannedRename, bool> IsCrossed()
    {
        var uses = _batch.Renames.SelectMany(rename => (TreePath[])[rename.From, rename.To.Path]).CountBy(path => path).ToDictionary();
        bool IsBelowAnother(TreePath path) => !path.IsRoot && (uses.ContainsKey(path.Parent) || IsBelowAnother(path.Parent));
        return rename => uses[rename.From] > 1 || uses[rename.To.Path] > 1 || IsBelowAnother(rename.From) || IsBelowAnother(rename.To.Path);
    }

    /// <summary>A receiver that sees nothing to do about a file sets its attributes, for all of its names. Only a name that is not there is made anew.</summary>
    private void SetApart()
    {
        if (_destination.Options is { Delete: true, DryRun: false })
            Remove(_batch.Apart);
    }

    private void SetAside(IEnumerable<PlannedRename> renames)
    {
        var names = renames.ToDictionary(rename => rename, _ => NewAside());
        var refused = Link(names.Keys, rename => names[rename], out var missing);
        foreach (var (rename, aside) in names)
        {
            if (!refused.Contains(rename) && !missing.Contains(rename))
                _aside.Add(rename.To.Path, aside);
        }
    }

    private TreePath NewAside()
    {
        var name = AsideName.New();
        _destination.Asides.Add(name);
        return name;
    }

    private List<PlannedRename> Link(IEnumerable<PlannedRename> renames, Func<PlannedRename, TreePath> name) => Link(renames, name, out _);

    /// <summary>
    /// Lists each old name and a new one as names of one inode with the attributes of what is there now. The receiver finds the old one up to date and links
    /// the other to it. Where it asks for data instead, it gets only what brings the old name up to date.
    /// </summary>
    /// <param name="missing">Those whose old name the receiver does not have.</param>
    /// <returns>Those where the receiver has something else under the new name, and saw that first: in the order of names it comes before the old one.</returns>
    private List<PlannedRename> Link(IEnumerable<PlannedRename> renames, Func<PlannedRename, TreePath> name, out HashSet<PlannedRename> missing)
    {
        var items = new Dictionary<TreePath, PlannedItem>();
        var (olds, news) = (new Dictionary<TreePath, PlannedRename>(), new Dictionary<TreePath, PlannedRename>());
        foreach (var rename in renames)
        {
            olds.Add(rename.From, rename);
            news.Add(name(rename), rename);
            Add(items, Linked(rename.To, rename.From));
            Add(items, Linked(rename.To, name(rename)));
        }
        var (absent, taken, wrong) = (new HashSet<PlannedRename>(), new HashSet<PlannedRename>(), new List<TreePath>());
        missing = absent;
        if (items.Count == 0)
            return [];
        var events = new TransferEvents
        {
            Declines = (entry, blocks) =>
            {
                if (olds.TryGetValue(entry.Path, out var old))
                    return blocks == 0 && (absent.Add(old) || true);
                return taken.Add(news[entry.Path]) || true;
            },
            OnItem = (in item) =>
            {
                // The other way round: what had the new name already looks the same, but is another file.
                if (item.Xname.Length > 0 && !item.Flags.HasFlag(ItemFlags.IsNew) && TreePath.TryParse(item.Name.Span, out var path) && olds.TryGetValue(path, out var rename))
                    wrong.AddRange([rename.From, name(rename)]);
            },
        };
        var moved = new MovedSource(_destination.Source, path => olds.TryGetValue(path, out var rename) ? rename.To.Path : path);
        var result = _delivery.Push(new PlannedBatch { Items = items.Values, Marks = _batch.Marks }, events, moved);
        Remove(wrong);
        if (result.ErrorCount > 0)
            absent.UnionWith(olds.Values);
        return [.. taken.Where(rename => !absent.Contains(rename))];
    }

    private void LinkTree(PlannedRename rename, TreePath from, TreePath place)
    {
        var directories = new Dictionary<TreePath, PlannedItem> { [TreePath.Root] = rename.To with { Path = TreePath.Root, Action = PlannedAction.Send } };
        var moved = new MovedSource(_destination.Source, path => rename.To.Path.Append(path));
        foreach (var chunk in rename.Contents!().Chunk(EntriesPerSession))
        {
            var items = new Dictionary<TreePath, PlannedItem>();
            foreach (var item in chunk.Select(item => item with { Path = item.Path.RelativeTo(rename.To.Path) }))
            {
                if (item.Stat.IsDirectory)
                    directories[item.Path] = item;
                items[item.Path] = item;
                for (var path = item.Path; !path.IsRoot; path = path.Parent)
                    items.TryAdd(path.Parent, directories[path.Parent]);
            }
            var events = new TransferEvents { Declines = (_, blocks) => blocks == 0 };
            _delivery.Push(new PlannedBatch { Items = items.Values, Marks = _batch.Marks }, events, moved, new LinkedTree(place, from));
        }
    }

    /// <summary>A session that only deletes; it also makes the directories that the names are in. Null when there is nothing to do.</summary>
    public TransferResult? Remove(IEnumerable<TreePath> paths)
    {
        var items = new Dictionary<TreePath, PlannedItem>();
        foreach (var path in paths)
            Add(items, new PlannedItem(path, PlannedAction.Delete));
        return items.Count == 0 ? null : _delivery.Push(new PlannedBatch { Items = items.Values, Marks = _batch.Marks }, new TransferEvents());
    }

    private PlannedBatch WithAsides()
    {
        var items = new Dictionary<TreePath, PlannedItem>(_items);
        foreach (var (to, aside) in _aside)
        {
            if (items[to].Stat.IsDirectory)
                continue;
            Add(items, Linked(items[to], to));
            Add(items, Linked(items[to], aside));
        }
        return _batch with { Items = items.Values };
    }

    private static PlannedItem Linked(PlannedItem item, TreePath name) =>
        item with { Path = name, Stat = item.Stat with { LinkCount = Math.Max(2, item.Stat.LinkCount) } };

    /// <summary>An item and the directories above it, as they are now; one that is gone is the destination's for a moment longer.</summary>
    private void Add(Dictionary<TreePath, PlannedItem> items, PlannedItem item)
    {
        items[item.Path] = item;
        for (var path = item.Path; !path.IsRoot && !items.ContainsKey(path.Parent); path = path.Parent)
            items.Add(path.Parent, new PlannedItem(path.Parent, PlannedAction.Parent, Directory(path.Parent)));
    }

    private FileStat Directory(TreePath path)
    {
        if (_items.TryGetValue(path, out var item) && item.Stat.IsDirectory)
            return item.Stat;
        if (_destination.Source.Stat(path, out var stat) == Errno.None && stat.IsDirectory)
            return stat;
        return Directory(TreePath.Root) with { Mode = (uint)FileKind.Directory | FileStat.OwnerAll };
    }

    /// <summary>A daemon expands wildcards in the words that it is given.</summary>
    private static bool IsWord(TreePath path) =>
        !path.Bytes.ContainsAny("*?[\\"u8) && System.Text.Unicode.Utf8.IsValid(path.Bytes) && !path.Bytes.ContainsAnyInRange((byte)0, (byte)0x1F);
}
