using System.Runtime.InteropServices;
using ChangedFiles.Engine.Changes;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>A batch while it is made up: what is marked is looked at, and what follows from it.</summary>
/// <param name="budget">Entries after which no further directory is begun.</param>
/// <param name="heldUntil">See <see cref="Planner.HeldUntil"/>.</param>
internal sealed partial class BatchDraft(
    IFileSource source, Selection selection, LinkIndex links, ConfirmedDirectories? confirmed, int budget, Func<TreePath, long> heldUntil)
{
    /// <summary>Looking at a name costs so much less than bringing it to the destination.</summary>
    private const int LooksPerEntry = 20;

    private readonly Queue<DirtyMark> _toSweep = new();
    private readonly List<PathStat> _children = [];
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
    /// <param name="renamed">The new names.</param>
    /// <param name="wholes">Directories of which everything is in question.</param>
    public void Follow(DirtyMark mark, DeliveredNames delivered, HashSet<TreePath> renamed, HashSet<TreePath> wholes)
    {
        if (!mark.Touched.HasFlag(Touch.Renamed) || !mark.IsContentKnown || !Items.TryGetValue(mark.Path, out var item) || item.Action == PlannedAction.Delete)
            return;
        if ((delivered.Find(item.Stat) ?? mark.RenamedFrom) is not { } from || from == mark.Path
            || mark.Path.IsBelow(from) || from.IsBelow(mark.Path) || IsExcluded(from, item.Stat.IsDirectory))
            return;
        // It is back; or something new that looks the same has the old name now, and a link between both would stay.
        if (source.Stat(from, out var there) == Errno.None
            && (Planner.IsSameInode(there, item.Stat) || (Planner.LooksTheSame(there, item.Stat) && !renamed.Contains(from))))
            return;
        // A directory that has the old name now would be given away with all that is in it, and only what is in question is brought anew.
        if (there.IsDirectory && item.Stat.IsDirectory && !IsWithin(from, wholes))
            return;
        if (!Followed.TryAdd(from, mark.Path))
            return;
        Look(new DirtyMark(from) { Since = mark.Since });
    }

    private static bool IsWithin(TreePath path, HashSet<TreePath> directories) =>
        directories.Contains(path) || (!path.IsRoot && IsWithin(path.Parent, directories));

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
            if (Planner.IsGone(errno))
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

    private void Sweep(DirtyMark mark)
    {
        var directory = mark.Path;
        _children.Clear();
        // Itself before its names: what comes or goes while they are read changes its times.
        var errno = source.Look(directory, out var stat, _children);
        if (errno != Errno.None)
        {
            // What cannot be listed must not be swept: the destination would lose it all.
            if (Planner.IsGone(errno))
                PutOff.Add(mark with { Trusting = false, PutOff = true, IsThere = false });
            else
                Failures.Add(new FailedPath(directory, $"cannot list the directory: {errno.Describe()}"));
            return;
        }
        if (directory.IsRoot && _children.Count == 0)
            throw new SourceLostException("the source directory is empty") { IsEmpty = true };
        if (mark.Trusting)
            confirmed?.Load();
        var complete = LookAtChildren(directory, out var digest);
        var state = digest.Of(stat);
        // The root is always compared: a destination that was emptied or exchanged shows there.
        var isKnown = complete && mark.Trusting && !directory.IsRoot && confirmed is not null && confirmed.Matches(directory, state);
        if (isKnown)
            NoteLinks();
        else if (HasDirectory(directory, stat) && SendChildren() && complete)
        {
            Items[directory] = Items[directory] with { Action = PlannedAction.Sweep };
            Swept.Add(new SweptDirectory(directory, state, digest.Newest));
        }
        if (mark.Subtree)
            SweepChildren(mark, isKnown);
    }

    private void SweepChildren(DirtyMark mark, bool isKnown)
    {
        foreach (ref readonly var child in CollectionsMarshal.AsSpan(_children))
        {
            if (child.Stat.IsDirectory)
                _toSweep.Enqueue(mark with { Path = child.Path, RenamedFrom = null, IsThere = isKnown || Items.ContainsKey(child.Path) });
        }
    }

    /// <summary>Leaves of what was found what is to be mirrored. False when a name exists but cannot be looked at, or is not to be sent yet.</summary>
    private bool LookAtChildren(TreePath directory, out DirectoryDigest digest)
    {
        digest = default;
        _looked += _children.Count;
        var complete = true;
        var kept = 0;
        var found = CollectionsMarshal.AsSpan(_children);
        for (var i = 0; i < found.Length; i++)
        {
            ref readonly var child = ref found[i];
            if (child.Errno == Errno.None && child.Stat.IsRegular && heldUntil(child.Path) is > 0 and var held)
            {
                PutOff.Add(new DirtyMark(directory) { Names = true, Since = Since, NotBefore = held });
                complete = false;
            }
            else if (child.Errno == Errno.None && !IsExcluded(child.Path, child.Stat.IsDirectory))
            {
                digest.Add(child.Path.Name, child.Stat);
                if (kept++ < i)
                    found[kept - 1] = child;
            }
            else if (child.Errno is not (Errno.None or Errno.ENOENT))
            {
                Failures.Add(new FailedPath(child.Path, child.Errno.Describe()));
                complete = false;
            }
        }
        CollectionsMarshal.SetCount(_children, kept);
        return complete;
    }

    private bool SendChildren()
    {
        var before = Failures.Count;
        _added += _children.Count;
        foreach (var (path, _, stat) in _children)
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
