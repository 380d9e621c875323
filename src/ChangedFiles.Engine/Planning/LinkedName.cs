using ChangedFiles.Linux;

namespace ChangedFiles.Engine.Planning;

/// <summary>What is known of a name of an inode that has, or had, several.</summary>
/// <param name="Inode">That it named when it was last planned.</param>
/// <param name="Content">What the destination may have there, as far as a receiver looks before it takes it for the same.</param>
/// <param name="IsLoose">It changed inodes, and the destination has not confirmed that yet.</param>
/// <param name="Pass">The pass over everything in which it was last sent; 0 when it was only passed over.</param>
internal readonly record struct LinkedName((ulong Device, ulong Inode) Inode, ulong Content, bool IsLoose, int Pass)
{
    /// <summary>It may be anything.</summary>
    public const ulong Unsure = 0;

    public static LinkedName Of(in FileStat stat, int pass) => new((stat.Device, stat.Inode), Seen(stat), IsLoose: false, pass);

    private static ulong Seen(in FileStat stat)
    {
        // Of everything but regular files the kind is enough to be careful: it is small.
        var seen = HashCode.Combine(stat.Kind, stat.IsRegular ? stat.Size : 0, stat.IsRegular ? stat.Mtime : default);
        return (uint)seen + 1UL;
    }
}
