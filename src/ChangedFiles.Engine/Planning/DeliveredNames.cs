using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// Where the destination has what was delivered lately, by inode. A rename that is heard of while a batch is on its way may or may not be in that batch already;
/// this tells. What it does not know any more was delivered so long ago that the hint of the mark is right.
/// </summary>
internal sealed class DeliveredNames
{
    private const int Kept = 20_000;

    // Two generations: when the younger one is full, the older one is forgotten.
    private Dictionary<(ulong Device, ulong Inode), TreePath> _younger = [];
    private Dictionary<(ulong Device, ulong Inode), TreePath> _older = [];

    public TreePath? Find(in FileStat stat) =>
        _younger.TryGetValue((stat.Device, stat.Inode), out var path) || _older.TryGetValue((stat.Device, stat.Inode), out path) ? path : null;

    public void Add(PlannedItem item)
    {
        if (item.Action == PlannedAction.Parent || item.Stat.Kind is not (FileKind.Regular or FileKind.Directory))
            return;
        if (_younger.Count >= Kept)
            (_older, _younger) = (_younger, []);
        _younger[(item.Stat.Device, item.Stat.Inode)] = item.Path;
    }
}
