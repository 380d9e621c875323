using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>
/// A large batch in two shares that two sessions bring at the same time: a receiver is one process that does one file after the other. What is directly in a
/// directory stays together; a directory itself is also in the share that has its parent's names, where nothing is done in it.
/// </summary>
internal static class BatchShares
{
    /// <summary>Work below which a second session is not worth its while.</summary>
    public const int Worthwhile = 1_000;

    /// <summary>Bytes that are as much work as a name.</summary>
    private const int BytesPerName = 64 << 10;

    /// <summary>The batch, or two that together are the same.</summary>
    /// <param name="worthwhile">Names, or what is as much work as that.</param>
    public static IReadOnlyList<PlannedBatch> Of(PlannedBatch batch, int worthwhile = Worthwhile)
    {
        if (batch.Items.Count < 2 || batch.Renames.Count > 0 || batch.Apart.Count > 0 || Work(batch.Items) < worthwhile || batch.Items.Any(IsClosed))
            return [batch];
        var places = batch.Items.ToLookup(Place);
        var first = FirstHalf(places);
        if (first.Count == places.Count || AreLinked(batch.Items, first))
            return [batch];
        var items = batch.Items.ToDictionary(item => item.Path);
        return [Share(batch, items, first.Contains), Share(batch, items, place => !first.Contains(place))];
    }

    private static long Work(IEnumerable<PlannedItem> items) => items.Sum(item => 1 + (item.Stat.IsRegular ? item.Stat.Size / BytesPerName : 0));

    /// <summary>The directory whose names an item is about.</summary>
    private static TreePath Place(PlannedItem item) => item.Stat.IsDirectory ? item.Path : item.Path.Parent;

    /// <summary>A receiver without privileges opens it while it works in it, and closes it when its own work is done.</summary>
    private static bool IsClosed(PlannedItem item) => item.Stat.IsDirectory && (item.Stat.Mode & FileStat.OwnerAll) != FileStat.OwnerAll;

    /// <summary>Directories in the order of their paths, so that neighbours stay together, until they make up half of the work.</summary>
    private static HashSet<TreePath> FirstHalf(ILookup<TreePath, PlannedItem> places)
    {
        var left = places.Sum(Work) / 2;
        var half = new HashSet<TreePath>();
        foreach (var place in places.OrderBy(place => place.Key).TakeWhile(_ => left > 0))
        {
            half.Add(place.Key);
            left -= Work(place);
        }
        return half;
    }

    /// <summary>Names of one file are linked only within a session.</summary>
    private static bool AreLinked(IEnumerable<PlannedItem> items, HashSet<TreePath> first) => items
        .Where(item => !item.Stat.IsDirectory && item.Stat.LinkCount > 1)
        .GroupBy(item => item.Inode)
        .Any(names => names.Select(item => first.Contains(Place(item))).Distinct().Count() > 1);

    private static PlannedBatch Share(PlannedBatch batch, Dictionary<TreePath, PlannedItem> items, Func<TreePath, bool> has)
    {
        var share = new Dictionary<TreePath, PlannedItem>();
        foreach (var item in batch.Items)
        {
            if (has(Place(item)))
                share[item.Path] = item;
            else if (!item.Path.IsRoot && has(item.Path.Parent))
                share.TryAdd(item.Path, Outside(item));
            else
                continue;
            for (var path = item.Path; !path.IsRoot && !share.ContainsKey(path.Parent); path = path.Parent)
                share.Add(path.Parent, has(path.Parent) ? items[path.Parent] : Outside(items[path.Parent]));
        }
        return batch with { Items = share.Values };
    }

    /// <summary>Its attributes only: what is in it is the other share's.</summary>
    private static PlannedItem Outside(PlannedItem directory) =>
        directory.Action == PlannedAction.Sweep ? directory with { Action = PlannedAction.Send } : directory;
}
