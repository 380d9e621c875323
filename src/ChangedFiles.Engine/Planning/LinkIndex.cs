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

    /// <summary>Notes a name, and returns the others seen so far.</summary>
    public IReadOnlyList<TreePath> Add(TreePath path, in FileStat stat)
    {
        ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, (stat.Device, stat.Inode), out _);
        names ??= [];
        if (!names.Contains(path))
            names.Add(path);
        return [.. names.Where(name => name != path)];
    }

    /// <summary>The name is gone, or names something else.</summary>
    public void Remove(TreePath path, in FileStat stat)
    {
        if (_names.TryGetValue((stat.Device, stat.Inode), out var names) && names.Remove(path) && names.Count == 0)
            _names.Remove((stat.Device, stat.Inode));
    }
}
