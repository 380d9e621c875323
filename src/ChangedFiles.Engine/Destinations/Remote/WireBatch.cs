using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A batch as the entries and filter rules of one rsync session (docs/architecture.md, "The batch session").</summary>
internal sealed class WireBatch
{
    private readonly List<FileEntry> _entries = [];
    private readonly List<byte[]> _rules = [];
    private readonly Dictionary<(ulong, ulong), HardLinkGroup> _links = [];
    private readonly HashSet<TreePath> _contentDirectories = [];

    private WireBatch()
    {
    }

    public IReadOnlyList<FileEntry> Entries => _entries;

    public IReadOnlyList<byte[]> Filters => _rules;

    /// <param name="deleteByName">The peer takes mode-0 entries; otherwise deletions become filter rules for their parents' contents.</param>
    public static WireBatch Of(PlannedBatch batch, RsyncDestinationOptions options, bool deleteByName)
    {
        var wire = new WireBatch();
        wire._rules.AddRange(options.Filters);
        if (!deleteByName && options.Delete)
            wire.DeleteByRules(batch);
        foreach (var item in batch.Items)
            wire.Add(item, options.Delete && deleteByName);
        return wire;
    }

    private void Add(PlannedItem item, bool deleteByName)
    {
        if (item.Action == PlannedAction.Delete)
        {
            if (deleteByName)
                _entries.Add(FileEntry.Missing(item.Path));
            return;
        }
        var content = item.Action switch
        {
            _ when !item.Stat.IsDirectory => DirectoryContent.Listed,
            PlannedAction.Sweep => DirectoryContent.Top,
            _ when _contentDirectories.Contains(item.Path) => DirectoryContent.Top,
            PlannedAction.Parent => DirectoryContent.Implied,
            _ => DirectoryContent.None,
        };
        var entry = FileEntry.From(item.Path, item.Stat, item.LinkTarget, content);
        _entries.Add(entry);
        if (!item.Stat.IsDirectory && item.Stat.LinkCount > 1)
            Group(entry, item.Stat);
    }

    private void Group(FileEntry entry, in FileStat stat)
    {
        if (_links.TryGetValue((stat.Device, stat.Inode), out var group))
            group.Add(entry);
        else
            _links.Add((stat.Device, stat.Inode), HardLinkGroup.Of(entry));
    }

    /// <summary>
    /// The parents of what is to go become content directories. Rules put just the wanted names at risk and protect the other names in these directories;
    /// they match no deeper name, so that directories can still be emptied. Slower than naming them, because the receiver lists the whole parent.
    /// </summary>
    private void DeleteByRules(PlannedBatch batch)
    {
        var swept = batch.Items.Where(item => item.Action == PlannedAction.Sweep).Select(item => item.Path).ToHashSet();
        foreach (var item in batch.Items)
        {
            if (item.Action != PlannedAction.Delete || swept.Contains(item.Path.Parent))
                continue;
            _contentDirectories.Add(item.Path.Parent);
            _rules.Add(Rule("R /"u8, item.Path, ""u8));
        }
        foreach (var directory in _contentDirectories)
            _rules.Add(directory.IsRoot ? "P /*"u8.ToArray() : Rule("P /"u8, directory, "/*"u8));
    }

    private static byte[] Rule(ReadOnlySpan<byte> kind, TreePath path, ReadOnlySpan<byte> tail)
    {
        // A backslash escapes only in a pattern that has a wildcard (docs/protocol.md 5.3).
        var hasWildcards = !tail.IsEmpty || path.Bytes.ContainsAny("*?["u8);
        List<byte> rule = [.. kind];
        foreach (var b in path.Bytes)
        {
            if (hasWildcards && "*?[\\"u8.Contains(b))
                rule.Add((byte)'\\');
            rule.Add(b);
        }
        rule.AddRange(tail);
        return [.. rule];
    }
}
