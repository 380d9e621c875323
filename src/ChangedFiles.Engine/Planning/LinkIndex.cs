using System.Runtime.InteropServices;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// The names seen of every inode that has more than one. What it says is checked against the tree before it is used, so it may be incomplete
/// or out of date; memory is that of the names.
/// </summary>
internal sealed class LinkIndex
{
    private readonly Dictionary<(ulong Device, ulong Inode), List<TreePath>> _names = [];
    // Files with more names than are known, and what was known when the others were last searched: some may be outside of the tree.
    private readonly Dictionary<(ulong Device, ulong Inode), (uint Links, int Known)> _searched = [];
    private readonly HashSet<(ulong Device, ulong Inode)> _incomplete = [];

    /// <summary>Notes a name, and returns the others seen so far.</summary>
    public IReadOnlyList<TreePath> Add(TreePath path, in FileStat stat)
    {
        ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, (stat.Device, stat.Inode), out _);
        names ??= [];
        if (!names.Contains(path))
            names.Add(path);
        return [.. names.Where(name => name != path)];
    }

    /// <summary>Once the names that were seen have been checked: are there others, which nobody has looked for yet?</summary>
    public void Count(in FileStat stat)
    {
        var inode = (stat.Device, stat.Inode);
        var known = _names.TryGetValue(inode, out var names) ? names.Count : 0;
        if (known >= stat.LinkCount)
            _incomplete.Remove(inode);
        else if (!_searched.TryGetValue(inode, out var searched) || searched != (stat.LinkCount, known))
            _incomplete.Add(inode);
        _searched[inode] = (stat.LinkCount, known);
    }

    private void Forget((ulong Device, ulong Inode) inode)
    {
        _names.Remove(inode);
        _searched.Remove(inode);
    }

    /// <summary>The inodes whose other names have to be searched; each is given once.</summary>
    public HashSet<ulong> TakeIncomplete()
    {
        var wanted = _incomplete.Select(inode => inode.Inode).ToHashSet();
        _incomplete.Clear();
        return wanted;
    }

    /// <summary>The name is gone, or names something else.</summary>
    public void Remove(TreePath path, in FileStat stat)
    {
        if (_names.TryGetValue((stat.Device, stat.Inode), out var names) && names.Remove(path) && names.Count == 0)
            Forget((stat.Device, stat.Inode));
    }
}
