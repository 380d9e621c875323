using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// A source whose files with several names are only opened as what was planned. Another file that has one of the names by now would reach the
/// destination by all of them, with the size and time of the one that was planned, and be taken for it ever after.
/// </summary>
internal sealed class LinkedSource : IFileSource
{
    private readonly IFileSource _source;
    private readonly Dictionary<TreePath, FileStat> _planned;

    private LinkedSource(IFileSource source, Dictionary<TreePath, FileStat> planned) => (_source, _planned) = (source, planned);

    public static IFileSource Of(IFileSource source, PlannedBatch batch)
    {
        var planned = batch.Items.Where(item => item.Stat.IsRegular && item.Stat.LinkCount > 1).ToDictionary(item => item.Path, item => item.Stat);
        return planned.Count == 0 ? source : new LinkedSource(source, planned);
    }

    public Errno Stat(TreePath path, out FileStat stat) => _source.Stat(path, out stat);

    public Errno ReadLink(TreePath path, out byte[] target) => _source.ReadLink(path, out target);

    public Errno List(TreePath directory, List<byte[]> names) => _source.List(directory, names);

    public Errno List(TreePath directory, List<DirectoryEntry> entries) => _source.List(directory, entries);

    /// <summary>ENOENT when it is another file; that one has a mark of its own.</summary>
    public Errno Open(TreePath path, out SourceFile? file)
    {
        var errno = _source.Open(path, out file);
        if (errno != Errno.None || !_planned.TryGetValue(path, out var planned)
            || (planned.Device, planned.Inode) == (file!.Stat.Device, file.Stat.Inode))
            return errno;
        file.Dispose();
        file = null;
        return Errno.ENOENT;
    }
}
