using ChangedFiles.Engine.Changes;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// Turns marks into a batch by looking what is there now (docs/architecture.md, "Send what is there now"). A subtree in question becomes directories that
/// are swept: all their names are listed, so the destination can drop the rest. Large subtrees are cut at <see cref="EntryBudget"/>
/// entries and come in several batches, so neither side ever needs the whole tree at once.
/// </summary>
/// <param name="source">The tree.</param>
/// <param name="selection">What of it is mirrored.</param>
public sealed class Planner(IFileSource source, Selection selection)
{
    /// <summary>Entries after which no further directory is begun; one directory may exceed it.</summary>
    public int EntryBudget { get; set; } = 10_000;

    /// <summary>
    /// Once everything has been looked at, a file with more names than are known has got one since, and they are searched in the whole tree:
    /// linking tells nothing of the name that was there before.
    /// </summary>
    public bool SearchesLinks { get; set; }

    /// <summary>Something has to be planned when <see cref="SearchesLinks"/> is set, as names of some files were not searched so far.</summary>
    public bool HasNotSearched => _links.IsIncomplete;

    /// <summary>The timestamp before which a file that is being written is not to be sent; 0 for none.</summary>
    public Func<TreePath, long> HeldUntil { get; set; } = _ => 0;

    /// <summary>What a trusting mark need not compare; null when nothing is remembered.</summary>
    public ConfirmedDirectories? Confirmed { get; set; }

    private readonly LinkIndex _links = new();
    private readonly DeliveredNames _delivered = new();

    /// <summary>
    /// True for the ways in which a file that was planned turns out to be gone or something else by now. That is no failure: it has been
    /// seen, and comes with a mark of its own.
    /// </summary>
    public static bool IsGone(Errno errno) =>
        errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EISDIR or Errno.EINVAL or Errno.ENXIO;

    /// <summary>Looks at what is marked.</summary>
    /// <param name="now">The time of day that the source's times are by.</param>
    public PlannedBatch Plan(IReadOnlyList<DirtyMark> marks, DateTimeOffset now)
    {
        selection.Refresh();
        if (marks.Any(mark => mark is { Path.IsRoot: true, Subtree: true, Trusting: true }))
            _links.BeginPass();
        var draft = new BatchDraft(source, selection, _links, Confirmed, EntryBudget, HeldUntil) { Since = marks.Count > 0 ? marks.Min(mark => mark.Since) : 0 };
        foreach (var mark in marks.Where(mark => !mark.Subtree && !mark.Names))
            draft.Look(mark);
        foreach (var mark in marks.Where(mark => mark.Subtree || mark.Names))
            draft.LookInto(mark);
        foreach (var mark in marks)
            draft.LookAtOtherNames(mark);
        draft.KeepForLater();
        var renamed = marks.Where(mark => mark.RenamedFrom is not null).Select(mark => mark.Path).ToHashSet();
        var wholes = marks.Where(mark => mark is { Subtree: true, Trusting: false }).Select(mark => mark.Path).ToHashSet();
        foreach (var mark in marks)
            draft.Follow(mark, _delivered, renamed, wholes);
        if (SearchesLinks)
            draft.SearchLinks();
        draft.Prune();
        return new PlannedBatch
        {
            Items = draft.Items.Values,
            Renames = Renames(marks, draft),
            Apart = draft.Apart,
            InDoubt = InDoubt(marks, draft.Items),
            Looked = now,
            Marks = [.. marks, .. draft.Drawn],
            Remainder = draft.Remainder,
            PutOff = draft.PutOff,
            Failures = draft.Failures,
            Swept = draft.Swept,
        };
    }

    /// <summary>After a batch was delivered: marks for what has changed since it was looked at.</summary>
    /// <param name="brought">Files whose content travelled, or was compared.</param>
    /// <param name="asPlanned">Nothing went wrong with any name of it.</param>
    public IReadOnlyList<DirtyMark> Recheck(PlannedBatch batch, long now, IReadOnlyCollection<TreePath>? brought = null, bool asPlanned = true)
    {
        var contents = asPlanned && brought is not null ? brought.ToHashSet() : [];
        if (asPlanned)
            _links.Confirm(batch);
        var moved = new List<DirtyMark>();
        foreach (var item in batch.Items)
        {
            _delivered.Add(item, batch.Looked, contents.Contains(item.Path));
            if (item.Action != PlannedAction.Send || item.Stat.IsDirectory)
                continue;
            var isThere = source.Stat(item.Path, out var stat) == Errno.None;
            // What went before it was delivered left at the destination what was there before, perhaps a directory full of names.
            if (!isThere || !IsSame(stat, item.Stat))
                moved.Add(new DirtyMark(item.Path) { Subtree = !isThere || stat.Inode != item.Stat.Inode || stat.Kind != item.Stat.Kind, Since = now });
        }
        return moved;
    }

    /// <summary>A batch came to no end: nobody knows what of it the destination has.</summary>
    public void Broke(PlannedBatch batch)
    {
        foreach (var item in batch.Items)
            _delivered.Forget(item);
    }

    private HashSet<TreePath> InDoubt(IReadOnlyList<DirtyMark> marks, Dictionary<TreePath, PlannedItem> items)
    {
        var files = marks.Where(mark => mark.Touched.HasFlag(Touch.Written) && items.TryGetValue(mark.Path, out var item)
            && item.Stat is { IsRegular: true, Size: > 0 } && !_delivered.HasContent(item.Stat)).Select(mark => items[mark.Path].Inode).ToHashSet();
        return files.Count == 0 ? [] : [.. items.Values.Where(item => item.Stat.IsRegular && files.Contains(item.Inode)).Select(item => item.Path)];
    }

    private List<PlannedRename> Renames(IReadOnlyList<DirtyMark> marks, BatchDraft draft)
    {
        if (draft.Followed.Count == 0)
            return [];
        var renames = new List<PlannedRename>();
        var renamed = draft.Followed.Values.ToHashSet();
        var unknown = marks.Where(mark => mark.IsUnknown).Select(mark => mark.Path).ToHashSet();
        foreach (var (from, to) in draft.Followed)
        {
            if (!draft.Items.TryGetValue(to, out var item))
                continue;
            if (item.Stat.IsRegular)
                renames.Add(new PlannedRename(from, item, null, []));
            else if (item.Stat.IsDirectory)
                renames.Add(new PlannedRename(from, item, () => Contents(renamed.Contains(from) ? null : from, to, unknown), [.. unknown.Where(path => path.IsBelow(to))]));
        }
        return renames;
    }

    /// <summary>What is in a renamed directory, but for what came into it since, and what looks the same as something new under its old name.</summary>
    private IEnumerable<PlannedItem> Contents(TreePath? old, TreePath directory, HashSet<TreePath> unknown)
    {
        var again = old is { } name && source.Stat(name, out _) == Errno.None ? old : null;
        var pending = new Stack<TreePath>([directory]);
        var names = new List<byte[]>();
        while (pending.TryPop(out var parent))
        {
            names.Clear();
            source.List(parent, names);
            foreach (var path in names.ConvertAll(name => parent.Child(name)))
            {
                byte[]? target = null;
                if (unknown.Contains(path) || source.Stat(path, out var stat) != Errno.None || selection.Excludes(path, stat.IsDirectory)
                    || (stat.IsSymlink && source.ReadLink(path, out target) != Errno.None)
                    || (again is { } there && source.Stat(there.Append(path.RelativeTo(directory)), out var other) == Errno.None && LooksTheSame(stat, other)))
                    continue;
                yield return new PlannedItem(path, PlannedAction.Send, stat, target);
                if (stat.IsDirectory)
                    pending.Push(path);
            }
        }
    }

    internal static bool IsSameInode(in FileStat left, in FileStat right) => (left.Device, left.Inode) == (right.Device, right.Inode);

    /// <summary>A receiver that compares sizes and times takes one for the other.</summary>
    internal static bool LooksTheSame(in FileStat left, in FileStat right) =>
        left.IsRegular && right.IsRegular && (left.Size, left.Mtime) == (right.Size, right.Mtime);

    private static bool IsSame(in FileStat left, in FileStat right) =>
        (left.Inode, left.Size, left.Mtime, left.Ctime) == (right.Inode, right.Size, right.Mtime, right.Ctime);
}
