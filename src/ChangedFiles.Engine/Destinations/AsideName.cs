using System.Globalization;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// Names at the top of a destination for what is on its way from one name to another. They sort before nearly every other name, which matters to a stock
/// receiver: of several names of an inode it believes the first that it finds in order. What an interrupted delivery leaves goes with the next sweep.
/// </summary>
internal static class AsideName
{
    // Others may have left names; and those of one delivery keep their order, whatever they begin with.
    private static long _last = Random.Shared.NextInt64(long.MaxValue / 2);

    public static TreePath New() => TreePath.Parse(string.Create(CultureInfo.InvariantCulture, $"..changedfiles-{Interlocked.Increment(ref _last):x16}"));

    public static bool Is(TreePath path) => path.Bytes.StartsWith("..changedfiles-"u8);
}
