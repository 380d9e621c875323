using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Names of one inode (docs/protocol.md 9.1): one of them is received, or is there already, the others are linked to it. All of it
/// belongs to the generating thread.
/// </summary>
internal sealed class HardLinks(Reception reception, Itemizer itemizer, WayClearer way, Alternates alternates)
{
    private readonly Dictionary<HardLinkGroup, Group> _groups = [];

    /// <summary>Decides whether a member is a matter of others: linked to the finished one, or waiting for the one on its way.</summary>
    /// <returns>True when nothing else is to be done about it now.</returns>
    public bool Handle(in Item item, FileStat? present)
    {
        if (item.Entry.Links is not { } links || !_groups.TryGetValue(links, out var group))
            return false;
        if (group.Finished is { } finished)
            Link(item, present, finished);
        else if (group.IsOnItsWay)
            Wait(group, item);
        else
            return false;
        return true;
    }

    /// <summary>There is nothing to begin with; if a later member is known, which may be better off, this one waits for it.</summary>
    public bool LeaveToLater(in Item item)
    {
        if (item.Entry.Links is not { } links || links.LastIndex <= item.Index)
            return false;
        var group = GroupOf(links);
        if (group.TriedUntil >= links.LastIndex)
            return false;
        Wait(group, item);
        return true;
    }

    /// <summary>
    /// After a member has been handled: if it was the last that is known, none is on its way and others wait, one of these is to be tried.
    /// </summary>
    public Item? NextCandidate(HardLinkGroup links, int index)
    {
        if (index < links.LastIndex || !_groups.TryGetValue(links, out var group) || group.Finished is not null || group.IsOnItsWay)
            return null;
        return Take(group, index);
    }

    /// <summary>The data of a member has been asked for.</summary>
    public void Requested(in Item item)
    {
        if (item.Entry.Links is { } links)
            GroupOf(links).IsOnItsWay = true;
    }

    /// <summary>A member is in its place: those that wait are linked to it.</summary>
    public void Finished(FileEntry entry, TreePath path)
    {
        if (entry.Links is not { } links)
            return;
        var group = GroupOf(links);
        (group.Finished, group.IsOnItsWay) = (path, false);
        group.Waiting.Reverse();
        foreach (var item in group.Waiting)
        {
            FileStat? present = reception.Target.Stat(item.Path, out var stat) == Errno.None ? stat : null;
            Link(item, present, path);
            item.Work.Outstanding--;
        }
        group.Waiting.Clear();
    }

    /// <summary>A member cannot be had. True when others wait for it.</summary>
    public bool Failed(HardLinkGroup links)
    {
        if (!_groups.TryGetValue(links, out var group))
            return false;
        group.IsOnItsWay = false;
        return group.Waiting.Count > 0;
    }

    private static Item? Take(Group group, int triedUntil)
    {
        group.TriedUntil = triedUntil;
        if (group.Waiting.Count == 0)
            return null;
        var next = group.Waiting[^1];
        group.Waiting.RemoveAt(group.Waiting.Count - 1);
        next.Work.Outstanding--;
        return next;
    }

    private static void Wait(Group group, in Item item)
    {
        item.Work.Outstanding++;
        group.Waiting.Add(item);
    }

    private void Link(in Item item, FileStat? present, TreePath existing)
    {
        const ItemFlags flags = ItemFlags.LocalChange | ItemFlags.XnameFollows;
        FileStat? comparable = present is { } here && here.Kind == item.Entry.Kind ? here : null;
        if (comparable is { } same && IsLinked(same, existing))
        {
            itemizer.Report(item, itemizer.Compare(item, same, flags), []);
            reception.SayPresent(item.Entry);
            return;
        }
        if (present is { IsDirectory: true } other && !way.Clear(item, other, "hard link"))
            return;
        item.Work.IsTouched = true;
        var error = reception.Options.DryRun ? Errno.None : reception.Target.MakeLink(item.Path, existing, replace: true);
        if (error != Errno.None)
        {
            reception.Complain("generator", $"link {reception.Quoted(existing)} =>", item.Path, error);
            return;
        }
        var alternate = present is null ? FindAlternate(item, existing) : default;
        if (alternate.Match == AlternateMatch.Exact && alternates.Use == AlternateDest.Link && !itemizer.TellsUnchanged)
        {
            itemizer.ReportUnchanged(item, flags);
            reception.SayPresent(item.Entry);
            return;
        }
        itemizer.Report(
            item,
            alternate.Match >= AlternateMatch.Data ? itemizer.Compare(item, alternate.Stat, flags, isNamed: true, alternate.File)
            : comparable is { } old ? itemizer.Compare(item, old, flags, isNamed: true) : flags | itemizer.NewFlags(item.Entry),
            existing.Bytes.ToArray());
    }

    /// <summary>With <c>--link-dest</c> it counts only when it is one file with the existing name's there, too.</summary>
    private Alternate FindAlternate(in Item item, TreePath existing)
    {
        var found = alternates.Any ? alternates.Find(item) : default;
        if (found.Match == AlternateMatch.None || alternates.Use != AlternateDest.Link)
            return found;
        var other = alternates[found.Number, existing];
        return other.Tree.Stat(other.Path, out var stat) == Errno.None && (stat.Inode, stat.Device) == (found.Stat.Inode, found.Stat.Device)
            ? found : default;
    }

    private bool IsLinked(in FileStat stat, TreePath existing) =>
        reception.Target.Stat(existing, out var first) == Errno.None && first.Inode == stat.Inode && first.Device == stat.Device;

    private Group GroupOf(HardLinkGroup links)
    {
        if (!_groups.TryGetValue(links, out var group))
            _groups.Add(links, group = new Group());
        return group;
    }

    private sealed class Group
    {
        /// <summary>A name that is in place and right.</summary>
        public TreePath? Finished;

        /// <summary>The data of a member is to come.</summary>
        public bool IsOnItsWay;

        /// <summary>Members up to this index were passed over or could not be had.</summary>
        public int TriedUntil = -1;

        public List<Item> Waiting { get; } = [];
    }
}
