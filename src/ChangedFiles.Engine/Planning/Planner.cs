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

    /// <summary>A name to plan once more when <see cref="SearchesLinks"/> is set, as others of its file were not searched so far.</summary>
    public TreePath? NotSearched => _links.AnyIncomplete;

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
    public PlannedBatch Plan(IReadOnlyList<DirtyMark> marks)
    {
        selection.Refresh();
        if (marks.Any(mark => mark is { Path.IsRoot: true, Subtree: true, Trusting: true }))
            _links.BeginPass();
        var draft = new Draft(source, selection, _links, Confirmed, EntryBudget, HeldUntil) { Since = marks.Count > 0 ? marks.Min(mark => mark.Since) : 0 };
        foreach (var mark in marks.Where(mark => !mark.Subtree && !mark.Names))
            draft.Look(mark);
        foreach (var mark in marks.Where(mark => mark.Subtree || mark.Names))
            draft.LookInto(mark);
        foreach (var mark in marks)
            draft.LookAtOtherNames(mark);
        draft.KeepForLater();
        var renamed = marks.Where(mark => mark.RenamedFrom is not null).Select(mark => mark.Path).ToHashSet();
        foreach (var mark in marks)
            draft.Follow(mark, _delivered, renamed);
        if (SearchesLinks)
            draft.SearchLinks();
        draft.Prune();
        return new PlannedBatch
        {
            Items = draft.Items.Values,
            Renames = Renames(marks, draft),
            Apart = draft.Apart,
            Marks = [.. marks, .. draft.Drawn],
            Remainder = draft.Remainder,
            PutOff = draft.PutOff,
            Failures = draft.Failures,
            Swept = draft.Swept,
        };
    }

    /// <summary>After a batch was delivered: marks for what has changed since it was looked at.</summary>
    /// <param name="asPlanned">Nothing went wrong with any name of it.</param>
    public IReadOnlyList<DirtyMark> Recheck(PlannedBatch batch, long now, bool asPlanned = true)
    {
        if (asPlanned)
            _links.Confirm(batch);
        var moved = new List<DirtyMark>();
        foreach (var item in batch.Items)
        {
            _delivered.Add(item);
            if (item.Action != PlannedAction.Send || item.Stat.IsDirectory)
                continue;
            var isThere = source.Stat(item.Path, out var stat) == Errno.None;
            // What went before it was delivered left at the destination what was there before, perhaps a directory full of names.
            if (!isThere || !IsSame(stat, item.Stat))
                moved.Add(new DirtyMark(item.Path) { Subtree = !isThere || stat.Inode != item.Stat.Inode || stat.Kind != item.Stat.Kind, Since = now });
        }
        return moved;
    }

    private List<PlannedRename> Renames(IReadOnlyList<DirtyMark> marks, Draft draft)
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

    private static bool IsSameInode(in FileStat left, in FileStat right) => (left.Device, left.Inode) == (right.Device, right.Inode);

    /// <summary>A receiver that compares sizes and times takes one for the other.</summary>
    private static bool LooksTheSame(in FileStat left, in FileStat right) =>
        left.IsRegular && right.IsRegular && (left.Size, left.Mtime) == (right.Size, right.Mtime);

    private static bool IsSame(in FileStat left, in FileStat right) =>
        (left.Inode, left.Size, left.Mtime, left.Ctime) == (right.Inode, right.Size, right.Mtime, right.Ctime);

    /// <summary>Looking at a name costs so much less than bringing it to the destination.</summary>
    private const int LooksPerEntry = 20;

    private sealed class Draft(
        IFileSource source, Selection selection, LinkIndex links, ConfirmedDirectories? confirmed, int budget, Func<TreePath, long> heldUntil)
    {
        private readonly Queue<DirtyMark> _toSweep = new();
        private readonly List<byte[]> _names = [];
        private readonly List<(TreePath Path, FileStat Stat)> _children = [];
        private bool _changedUnderway;
        private int _looked;
        private int _added;

        public Dictionary<TreePath, PlannedItem> Items { get; } = [];

        /// <summary>The oldest change behind the batch.</summary>
        public required long Since { get; init; }

        private bool IsFull => _added + (_looked / LooksPerEntry) >= budget;

        /// <summary>From the name that the destination knows to the one there is now.</summary>
        public Dictionary<TreePath, TreePath> Followed { get; } = [];

        public HashSet<TreePath> Apart { get; } = [];

        /// <summary>Names that have to be looked at because of what another one was; nothing else would tell of them again.</summary>
        public List<DirtyMark> Drawn { get; } = [];

        public List<DirtyMark> Remainder { get; } = [];

        public List<DirtyMark> PutOff { get; } = [];

        public List<FailedPath> Failures { get; } = [];

        public List<SweptDirectory> Swept { get; } = [];

        public void Look(DirtyMark mark)
        {
            var path = mark.Path;
            if (!path.IsRoot && selection.Decides(path))
                Remainder.Add(new DirtyMark(path.Parent) { Subtree = true, Since = mark.Since });
            if (!path.IsRoot && !HasParents(path, mark))
                return;
            var errno = source.Stat(path, out var stat);
            if (errno == Errno.ENOENT)
            {
                if (!mark.PutOff && (mark.RenamedFrom is not null || !mark.Touched.HasFlag(Touch.Replaced)))
                    PutOff.Add(mark with { PutOff = true });
                else if (!IsExcluded(path, isDirectory: false) || !IsExcluded(path, isDirectory: true))
                    Add(new PlannedItem(path, PlannedAction.Delete));
            }
            else if (errno != Errno.None)
            {
                Failures.Add(new FailedPath(path, errno.Describe()));
            }
            else if (!IsExcluded(path, stat.IsDirectory))
            {
                Send(path, stat);
                if ((mark.Subtree || mark.Names) && stat.IsDirectory)
                    _toSweep.Enqueue(mark);
            }
        }

        /// <summary>What was renamed once more, or has no room in this batch, is not to be deleted or changed at the destination before its turn.</summary>
        public void KeepForLater()
        {
            foreach (var mark in PutOff.Concat(Remainder).ToList())
            {
                if (mark.RenamedFrom is { } from && Items.TryGetValue(from, out var item) && !item.Stat.IsDirectory && Items.Remove(from))
                    PutOff.Add(new DirtyMark(from) { Subtree = mark.Subtree, Since = mark.Since });
            }
        }

        /// <summary>Believes the hint of a mark where nothing speaks against it, and plans what becomes of the old name.</summary>
        public void Follow(DirtyMark mark, DeliveredNames delivered, HashSet<TreePath> renamed)
        {
            if (!mark.Touched.HasFlag(Touch.Renamed) || !mark.IsContentKnown || !Items.TryGetValue(mark.Path, out var item) || item.Action == PlannedAction.Delete)
                return;
            if ((delivered.Find(item.Stat) ?? mark.RenamedFrom) is not { } from || from == mark.Path
                || mark.Path.IsBelow(from) || from.IsBelow(mark.Path) || IsExcluded(from, item.Stat.IsDirectory))
                return;
            // It is back; or something new that looks the same has the old name now, and a link between both would stay.
            if (source.Stat(from, out var there) == Errno.None
                && (IsSameInode(there, item.Stat) || (LooksTheSame(there, item.Stat) && !renamed.Contains(from))))
                return;
            if (!Followed.TryAdd(from, mark.Path))
                return;
            Look(new DirtyMark(from) { Since = mark.Since });
        }

        /// <summary>Sweeps what is marked, until the batch is full; at least one mark gets on.</summary>
        public void LookInto(DirtyMark mark)
        {
            if (IsFull)
            {
                Remainder.Add(mark);
                return;
            }
            // Where what is known is believed, the directory itself may turn out to be none of the batch's business.
            if (mark.Trusting)
                _toSweep.Enqueue(mark);
            else
                Look(mark);
            while (_toSweep.TryDequeue(out var next))
            {
                if (IsFull)
                    Remainder.Add(next);
                else
                    Sweep(next);
            }
        }

        /// <summary>
        /// Plans the directories above. Where one of them is gone, or is something else now, that is what has to be planned instead.
        /// </summary>
        /// <param name="mark">Put off where that can't be told yet; null to decide now.</param>
        private bool HasParents(TreePath path, DirtyMark? mark = null)
        {
            var parent = path.Parent;
            if (Items.TryGetValue(parent, out var planned))
                return planned.Stat.IsDirectory;
            if (!parent.IsRoot && !HasParents(parent, mark))
                return false;
            var errno = source.Stat(parent, out var stat);
            if (errno == Errno.None && stat.IsDirectory)
            {
                if (IsExcluded(parent, isDirectory: true))
                    return false;
                Items.Add(parent, new PlannedItem(parent, PlannedAction.Parent, stat));
                return true;
            }
            if (parent.IsRoot)
                throw new SourceLostException($"the source directory cannot be looked at any more: {errno.Describe()}");
            // The event that tells what became of it is on its way: if it has another name now, it must not be deleted before that is known.
            if (mark is { PutOff: false } early && errno == Errno.ENOENT)
                PutOff.Add(early with { PutOff = true });
            else
                Look(new DirtyMark(parent));
            return false;
        }

        private void Send(TreePath path, FileStat stat)
        {
            if (Items.TryGetValue(path, out var planned) && planned.Action != PlannedAction.Parent)
                return;
            byte[]? target = null;
            if (stat.IsSymlink && source.ReadLink(path, out target) is not Errno.None and var errno)
            {
                if (IsGone(errno))
                    PutOff.Add(new DirtyMark(path) { Subtree = true, Since = Since });
                else
                    Failures.Add(new FailedPath(path, errno.Describe()));
                return;
            }
            Add(new PlannedItem(path, PlannedAction.Send, stat, target));
            if (stat.IsDirectory)
                return;
            if (links.Note(path, stat, out var left))
                Apart.Add(path);
            if (left is { } before)
                SendNamesOf(path, before);
            if (stat.LinkCount > 1)
                SendOtherNames(path, stat);
        }

        /// <summary>Reads all names of the tree, once for all files in the batch that have names nobody has seen yet.</summary>
        public void SearchLinks()
        {
            var wanted = links.TakeIncomplete();
            if (wanted.Count == 0)
                return;
            var pending = new Stack<TreePath>([TreePath.Root]);
            var entries = new List<DirectoryEntry>();
            while (pending.TryPop(out var directory))
            {
                entries.Clear();
                if (source.List(directory, entries) != Errno.None)
                    continue;
                foreach (var entry in entries)
                {
                    if (entry.Kind == FileKind.Directory)
                        pending.Push(directory.Child(entry.Name));
                    else if (wanted.Contains(entry.Inode))
                        SendIfLinked(directory.Child(entry.Name));
                }
            }
        }

        private void SendIfLinked(TreePath path)
        {
            if (source.Stat(path, out var stat) == Errno.None && stat.LinkCount > 1 && !stat.IsDirectory
                && !IsExcluded(path, isDirectory: false) && HasParents(path))
                Send(path, stat);
        }

        /// <summary>
        /// What was written by a name that is gone by now, or names something else, is in the file that others still name.
        /// </summary>
        public void LookAtOtherNames(DirtyMark mark)
        {
            if (mark is { Subtree: true, Trusting: true })
                return;
            foreach (var (path, inode) in links.At(mark.Path, mark.Subtree || (Items.TryGetValue(mark.Path, out var item) && !item.Stat.IsDirectory)))
            {
                if (source.Stat(path, out var now) != Errno.None || (now.Device, now.Inode) != inode)
                    SendNamesOf(path, inode);
            }
        }

        /// <summary>A name does not belong to an inode any more: the others may have changed with it.</summary>
        private void SendNamesOf(TreePath path, (ulong Device, ulong Inode) inode)
        {
            links.Remove(path, inode);
            foreach (var other in links.NamesOf(inode))
            {
                if (source.Stat(other, out var now) != Errno.None || (now.Device, now.Inode) != inode)
                    links.Remove(other, inode);
                else if (HasParents(other))
                {
                    Drawn.Add(new DirtyMark(other) { Since = Since });
                    Send(other, now);
                }
            }
        }

        /// <summary>
        /// All names of an inode go together, so that the destination can keep them one file, also when only one of them was touched.
        /// </summary>
        private void SendOtherNames(TreePath path, in FileStat stat)
        {
            foreach (var other in links.Add(path, stat))
            {
                var isPlanned = Items.TryGetValue(other, out var planned);
                if (!isPlanned && !HasParents(other))
                    continue;
                var now = planned?.Stat ?? default;
                if ((isPlanned || source.Stat(other, out now) == Errno.None) && IsSameInode(now, stat))
                    Send(other, now);
                else
                    links.Remove(other, (stat.Device, stat.Inode));
            }
            links.Count(stat);
        }

        private void Sweep(DirtyMark mark)
        {
            var directory = mark.Path;
            _names.Clear();
            // Before its names: what comes or goes while they are read changes its times.
            var errno = source.Stat(directory, out var stat);
            if (errno == Errno.None)
                errno = source.List(directory, _names);
            if (errno != Errno.None)
            {
                // What cannot be listed must not be swept: the destination would lose it all.
                if (IsGone(errno))
                    PutOff.Add(mark with { Trusting = false, PutOff = true });
                else
                    Failures.Add(new FailedPath(directory, $"cannot list the directory: {errno.Describe()}"));
                return;
            }
            if (directory.IsRoot && _names.Count == 0)
                throw new SourceLostException("the source directory is empty");
            if (mark.Trusting)
                confirmed?.Load();
            var complete = LookAtChildren(directory, out var digest);
            var state = digest.Of(stat);
            // The root is always compared: a destination that was emptied or exchanged shows there.
            if (complete && mark.Trusting && !directory.IsRoot && confirmed is not null && confirmed.Matches(directory, state))
                NoteLinks();
            else if (HasDirectory(directory, stat) && SendChildren() && complete)
            {
                Items[directory] = Items[directory] with { Action = PlannedAction.Sweep };
                Swept.Add(new SweptDirectory(directory, state, digest.Newest));
            }
            foreach (var child in _children.Where(child => mark.Subtree && child.Stat.IsDirectory))
                _toSweep.Enqueue(mark with { Path = child.Path, RenamedFrom = null });
        }

        /// <summary>False when a name exists but cannot be looked at, or is not to be sent yet.</summary>
        private bool LookAtChildren(TreePath directory, out DirectoryDigest digest)
        {
            digest = default;
            _children.Clear();
            _looked += _names.Count;
            var complete = true;
            foreach (var name in _names)
            {
                var path = directory.Child(name);
                var errno = source.Stat(path, out var stat);
                if (errno == Errno.None && stat.IsRegular && heldUntil(path) is > 0 and var held)
                {
                    PutOff.Add(new DirtyMark(directory) { Names = true, Since = Since, NotBefore = held });
                    complete = false;
                }
                else if (errno == Errno.None && !IsExcluded(path, stat.IsDirectory))
                {
                    _children.Add((path, stat));
                    digest.Add(name, stat);
                }
                else if (errno is not (Errno.None or Errno.ENOENT))
                {
                    Failures.Add(new FailedPath(path, errno.Describe()));
                    complete = false;
                }
            }
            return complete;
        }

        private bool SendChildren()
        {
            var before = Failures.Count;
            _added += _children.Count;
            foreach (var (path, stat) in _children)
                Send(path, stat);
            return Failures.Count == before;
        }

        /// <summary>The directory and those above it are in the batch, also where they were passed over so far.</summary>
        private bool HasDirectory(TreePath directory, in FileStat stat)
        {
            if (!directory.IsRoot && !HasParents(directory))
                return false;
            if (!Items.ContainsKey(directory))
                Send(directory, stat);
            return Items.TryGetValue(directory, out var item) && item.Stat.IsDirectory;
        }

        /// <summary>Of what is passed over, the names of files that have several must be known all the same, and go with those that are sent.</summary>
        private void NoteLinks()
        {
            foreach (var (path, stat) in _children.Where(child => child.Stat is { IsDirectory: false, LinkCount: > 1 }))
            {
                if (links.PassOver(path, stat) && HasParents(path))
                    Send(path, stat);
            }
        }

        private bool IsExcluded(TreePath path, bool isDirectory) => selection.Excludes(path, isDirectory);

        /// <summary>A stronger action stays; a parent that turns out to be changed itself is sent.</summary>
        private void Add(PlannedItem item)
        {
            if (Items.TryGetValue(item.Path, out var planned) && planned.Action is not PlannedAction.Parent)
                return;
            Items[item.Path] = item;
            _changedUnderway |= planned is not null && !item.Stat.IsDirectory;
        }

        /// <summary>A directory that went while it was being planned takes what was planned below it along.</summary>
        public void Prune()
        {
            if (!_changedUnderway)
                return;
            foreach (var path in Items.Keys.Order().ToList())
            {
                if (!path.IsRoot && !(Items.TryGetValue(path.Parent, out var parent) && parent.Stat.IsDirectory))
                    Items.Remove(path);
            }
        }
    }
}
