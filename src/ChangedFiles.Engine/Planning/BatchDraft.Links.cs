using ChangedFiles.Engine.Changes;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>Files with several names: all of them go together.</summary>
internal sealed partial class BatchDraft
{
    /// <summary>Reads all names of the tree, once for all files in the batch that have names nobody has seen yet.</summary>
    public void SearchLinks()
    {
        var wanted = links.TakeIncomplete();
        if (wanted.Count == 0)
            return;
        foreach (var (path, entry) in source.Names(static (_, _) => false))
        {
            if (entry.Kind != FileKind.Directory && wanted.Contains(entry.Inode))
                SendIfLinked(path);
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
            if ((isPlanned || source.Stat(other, out now) == Errno.None) && Planner.IsSameInode(now, stat))
                Send(other, now);
            else
                links.Remove(other, (stat.Device, stat.Inode));
        }
        links.Count(stat);
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
}
