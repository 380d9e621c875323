using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// What was delivered lately, by inode. A rename that is heard of while a batch is on its way may or may not be in that batch already; this tells where the
/// destination has the file. What it does not know any more was delivered so long ago that the hint of the mark is right.
/// </summary>
internal sealed class DeliveredNames
{
    private const int Kept = 20_000;
    private const long AnySize = -1;

    /// <summary>Within one tick of the kernel's clock, which most file systems take their times from, all changes have the same time.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>The same of those that keep no fractions of a second.</summary>
    private static readonly TimeSpan CoarseTick = TimeSpan.FromSeconds(2);

    // Two generations: when the younger one is full, the older one is forgotten.
    private Dictionary<(ulong Device, ulong Inode), Delivered> _younger = [];
    private Dictionary<(ulong Device, ulong Inode), Delivered> _older = [];

    /// <summary>The name that the destination has for it; null when that is not known.</summary>
    public TreePath? Find(in FileStat stat) => TryFind(stat, out var delivered) ? delivered.Path : null;

    /// <summary>
    /// True when it may have been written since without a difference in size and time of modification; null when it was not delivered lately.
    /// </summary>
    public bool? Hides(in FileStat stat) =>
        TryFind(stat, out var delivered) ? delivered.LooksLike(stat) && !(delivered.IsSettled && delivered.Ctime == stat.Ctime) : null;

    /// <summary>Notes an item of a batch that was delivered.</summary>
    /// <param name="asPlanned">It is at the destination; if not, nobody knows what is.</param>
    public void Add(PlannedItem item, PlannedBatch batch, bool asPlanned)
    {
        if (item.Action == PlannedAction.Parent || item.Stat.Kind is not (FileKind.Regular or FileKind.Directory))
            return;
        // What looked the same before was not compared, so a write that it hides is still to be heard of.
        var isDoubtful = TryFind(item.Stat, out var before) && !before.IsSettled && before.LooksLike(item.Stat) && !batch.InDoubt.Contains(item.Path);
        var isSettled = !isDoubtful && item.Stat.Ctime < FileTime.From(batch.Looked - (item.Stat.Ctime.Nanoseconds == 0 ? CoarseTick : Tick));
        if (_younger.Count >= Kept)
            (_older, _younger) = (_younger, []);
        _younger[(item.Stat.Device, item.Stat.Inode)] =
            new Delivered(item.Path, asPlanned ? item.Stat.Size : AnySize, item.Stat.Mtime, item.Stat.Ctime, asPlanned && isSettled);
    }

    private bool TryFind(in FileStat stat, out Delivered delivered) =>
        _younger.TryGetValue((stat.Device, stat.Inode), out delivered) || _older.TryGetValue((stat.Device, stat.Inode), out delivered);

    /// <param name="IsSettled">Whatever happens to it later changes its change time.</param>
    private readonly record struct Delivered(TreePath Path, long Size, FileTime Mtime, FileTime Ctime, bool IsSettled)
    {
        public bool LooksLike(in FileStat stat) => Size == AnySize || (Size, Mtime) == (stat.Size, stat.Mtime);
    }
}
