using System.Runtime.InteropServices;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// The names seen of every inode that has more than one, and the inode of each name. What it says of the source is checked against the tree before it is
/// used, so it may be incomplete or out of date. Of a destination it tells which names may be one file there. Memory is that of the names.
/// </summary>
internal sealed class LinkIndex
{
    private static readonly byte[] AfterAllNames = [.. Enumerable.Repeat((byte)0xFF, TreePath.MaxNameLength + 1)];

    private readonly Dictionary<(ulong Device, ulong Inode), List<TreePath>> _names = [];
    // Files with more names than are known, and what was known when the others were last searched: some may be outside of the tree.
    private readonly Dictionary<(ulong Device, ulong Inode), (uint Links, int Known)> _searched = [];
    private readonly HashSet<(ulong Device, ulong Inode)> _incomplete = [];
    private readonly Dictionary<TreePath, LinkedName> _inodes = [];
    // The keys of it in order, so that those below a directory are found.
    private readonly SortedSet<TreePath> _order = [];
    private int _pass = 1;

    /// <summary>All of the tree is about to be looked at, and what is known to be the same passed over.</summary>
    public void BeginPass() => _pass++;

    /// <summary>Notes that a name is about to be sent.</summary>
    /// <param name="left">The inode that it named before, when that was another one.</param>
    /// <returns>
    /// True when the destination may have it as one file with a name that it no longer shares an inode with, and would not notice, because it looks the same.
    /// </returns>
    public bool Note(TreePath path, in FileStat stat, out (ulong Device, ulong Inode)? left)
    {
        left = null;
        var now = LinkedName.Of(stat, _pass);
        if (!_inodes.TryGetValue(path, out var before))
        {
            if (stat.LinkCount > 1)
                Keep(path, now);
            return false;
        }
        if (before.Inode != now.Inode)
            left = before.Inode;
        var isLoose = before.IsLoose || before.Inode != now.Inode;
        _inodes[path] = now with { Content = before.Content == now.Content ? now.Content : LinkedName.Unsure, IsLoose = isLoose };
        return isLoose && (before.Content == LinkedName.Unsure || before.Content == now.Content);
    }

    /// <summary>Notes a name that need not be sent.</summary>
    /// <returns>True when it has to be all the same, because another name of its file was in this pass.</returns>
    public bool PassOver(TreePath path, in FileStat stat)
    {
        if (!_inodes.ContainsKey(path))
            Keep(path, LinkedName.Of(stat, pass: 0));
        var others = Add(path, stat);
        Count(stat);
        return others.Any(other => _inodes.TryGetValue(other, out var name) && name.Pass == _pass);
    }

    /// <summary>Notes a name, and returns the others seen so far.</summary>
    public IReadOnlyList<TreePath> Add(TreePath path, in FileStat stat)
    {
        ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, (stat.Device, stat.Inode), out _);
        names ??= [];
        if (!names.Contains(path))
            names.Add(path);
        return [.. names.Where(name => name != path)];
    }

    /// <summary>The names seen of an inode.</summary>
    public IReadOnlyList<TreePath> NamesOf((ulong Device, ulong Inode) inode) => _names.TryGetValue(inode, out var names) ? [.. names] : [];

    /// <summary>The name, where it is known, and those below it, with the inodes that they had.</summary>
    public IReadOnlyList<(TreePath Path, (ulong Device, ulong Inode) Inode)> At(TreePath path, bool below)
    {
        if (_inodes.Count == 0)
            return [];
        var found = new List<TreePath>();
        if (_inodes.ContainsKey(path))
            found.Add(path);
        if (below)
            found.AddRange(Below(path));
        return found.ConvertAll(name => (name, _inodes[name].Inode));
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

    /// <summary>There are files whose other names have to be searched; those that were known may be gone by now.</summary>
    public bool IsIncomplete => _incomplete.Count > 0;

    /// <summary>The inodes whose other names have to be searched; each is given once.</summary>
    public HashSet<ulong> TakeIncomplete()
    {
        var wanted = _incomplete.Select(inode => inode.Inode).ToHashSet();
        _incomplete.Clear();
        return wanted;
    }

    /// <summary>The name is gone, or names something else.</summary>
    public void Remove(TreePath path, (ulong Device, ulong Inode) inode)
    {
        if (!_names.TryGetValue(inode, out var names) || !names.Remove(path) || names.Count > 0)
            return;
        _names.Remove(inode);
        _searched.Remove(inode);
    }

    /// <summary>The destination has the batch as it was planned.</summary>
    public void Confirm(PlannedBatch batch)
    {
        if (_inodes.Count == 0)
            return;
        foreach (var item in batch.Items)
        {
            if (item.Action == PlannedAction.Delete || !item.Stat.IsDirectory)
                ForgetBelow(item.Path);
            if (item.Action == PlannedAction.Delete)
                Forget(item.Path);
            else if (item.Action == PlannedAction.Send && !item.Stat.IsDirectory)
                Confirm(item.Path, item.Stat);
        }
    }

    private void Confirm(TreePath path, in FileStat stat)
    {
        if (!_inodes.TryGetValue(path, out var known) || known.Inode != (stat.Device, stat.Inode))
            return;
        if (stat.LinkCount > 1)
            _inodes[path] = LinkedName.Of(stat, known.Pass);
        else
            Forget(path);
    }

    private void ForgetBelow(TreePath path)
    {
        foreach (var below in Below(path))
            Forget(below);
    }

    private void Keep(TreePath path, LinkedName name)
    {
        _inodes.Add(path, name);
        _order.Add(path);
    }

    private void Forget(TreePath path)
    {
        if (!_inodes.Remove(path, out var known))
            return;
        _order.Remove(path);
        Remove(path, known.Inode);
    }

    private List<TreePath> Below(TreePath path) =>
        [.. path.IsRoot ? _order : _order.GetViewBetween(path.Child([1]), path.Child(AfterAllNames))];
}
