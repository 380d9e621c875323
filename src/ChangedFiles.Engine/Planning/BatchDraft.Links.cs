using System.Runtime.InteropServices;
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
            // Also the last name that is left: what was done by the others may have been done before they went.
            if (entry.Kind != FileKind.Directory && wanted.Contains(entry.Inode) && source.Stat(path, out var stat) == Errno.None && !stat.IsDirectory
                && !IsExcluded(path, isDirectory: false) && HasParents(path))
            {
                // Searched only once, so what was found is not lost with the batch.
                Drawn.Add(new DirtyMark(path) { Since = Since });
                Send(path, stat);
            }
        }
    }

    /// <summary>
    /// What was written by a name that is gone by now, or names something else, is in the file that others still name.
    /// </summary>
    public void LookAtOtherNames(DirtyMark mark)
    {
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
        links.Add(path, stat);
        foreach (var (other, now) in OtherNames(path, stat))
        {
            if (Items.ContainsKey(other) || HasParents(other))
                Send(other, now);
        }
        links.Count(stat);
    }

    /// <summary>The names seen so far that are the inode's, too; those that are no longer are forgotten, or they would count as found.</summary>
    private List<(TreePath Path, FileStat Stat)> OtherNames(TreePath path, in FileStat stat)
    {
        var found = new List<(TreePath, FileStat)>();
        foreach (var other in links.NamesOf((stat.Device, stat.Inode)).Where(other => other != path))
        {
            var now = Items.TryGetValue(other, out var planned) ? planned.Stat : default;
            if ((planned is not null || source.Stat(other, out now) == Errno.None) && Planner.IsSameInode(now, stat))
                found.Add((other, now));
            else
                links.Remove(other, (stat.Device, stat.Inode));
        }
        return found;
    }

    /// <summary>Of what is passed over, the names of files that have several must be known all the same, and go with those that are sent.</summary>
    private void NoteLinks()
    {
        foreach (ref readonly var child in CollectionsMarshal.AsSpan(_children))
        {
            if (child.Stat.IsDirectory || child.Stat.LinkCount <= 1)
                continue;
            OtherNames(child.Path, child.Stat);
            if (links.PassOver(child.Path, child.Stat) && HasParents(child.Path))
                Send(child.Path, child.Stat);
        }
    }
}
