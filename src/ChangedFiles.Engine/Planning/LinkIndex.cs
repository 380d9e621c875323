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
    // Files with more names than are known, and how many they had when the others were last searched: some may be outside of the tree.
    private readonly Dictionary<(ulong Device, ulong Inode), uint> _searched = [];
    private readonly Dictionary<(ulong Device, ulong Inode), uint> _incomplete = [];

    /// <summary>Notes a name, and returns the others seen so far.</summary>
    public IReadOnlyList<TreePath> Add(TreePath path, in FileStat stat)
    {
        ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, (stat.Device, stat.Inode), out _);
        names ??= [];
        if (!names.Contains(path))
            names.Add(path);
        var inode = (stat.Device, stat.Inode);
        if (names.Count >= stat.LinkCount)
            _incomplete.Remove(inode);
        else if (!_searched.TryGetValue(inode, out var searchedAt) || searchedAt != stat.LinkCount)
            _incomplete[inode] = stat.LinkCount;
        return [.. names.Where(name => name != path)];
    }

    private void Forget((ulong Device, ulong Inode) inode)
    {
        _names.Remove(inode);
        _searched.Remove(inode);
    }

    /// <summary>The inodes whose other names have to be searched; they count as searched from now on.</summary>
    public HashSet<ulong> TakeIncomplete()
    {
        foreach (var (inode, links) in _incomplete)
            _searched[inode] = links;
        var wanted = _incomplete.Keys.Select(inode => inode.Inode).ToHashSet();
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
