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

    /// <summary>The destination has its content, and whatever happened to it since would have changed its change time.</summary>
    public bool HasContent(in FileStat stat) => TryFind(stat, out var delivered) && delivered.Content == stat.Ctime;

    /// <summary>Notes an item of a batch that was delivered.</summary>
    /// <param name="looked">When it was not looked at yet, let alone read.</param>
    /// <param name="isBrought">Its content travelled; otherwise it looked the same to the destination, or another name of it was brought.</param>
    public void Add(PlannedItem item, DateTimeOffset looked, bool isBrought)
    {
        if (item.Action == PlannedAction.Parent || item.Stat.Kind is not (FileKind.Regular or FileKind.Directory))
            return;
        var before = TryFind(item.Stat, out var delivered) ? delivered.Content : null;
        var isSettled = item.Stat.Ctime < FileTime.From(looked - (item.Stat.Ctime.Nanoseconds == 0 ? CoarseTick : Tick));
        if (_younger.Count >= Kept)
            (_older, _younger) = (_younger, []);
        _younger[item.Inode] = new Delivered(item.Path, isBrought && isSettled ? item.Stat.Ctime : before);
    }

    /// <summary>Nobody knows any more what of it the destination has.</summary>
    public void Forget(PlannedItem item)
    {
        if (TryFind(item.Stat, out var delivered))
            _younger[item.Inode] = delivered with { Content = null };
    }

    private bool TryFind(in FileStat stat, out Delivered delivered) =>
        _younger.TryGetValue((stat.Device, stat.Inode), out delivered) || _older.TryGetValue((stat.Device, stat.Inode), out delivered);

    /// <param name="Content">The change time of the content that the destination has; null when that is not certain.</param>
    private readonly record struct Delivered(TreePath Path, FileTime? Content);
}
