using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A source under other names.</summary>
internal sealed class MovedSource(IFileSource source, Func<TreePath, TreePath> place) : IFileSource
{
    public Errno Stat(TreePath path, out FileStat stat) => source.Stat(place(path), out stat);

    public Errno ReadLink(TreePath path, out byte[] target) => source.ReadLink(place(path), out target);

    public Errno List(TreePath directory, List<byte[]> names) => source.List(place(directory), names);

    public Errno List(TreePath directory, List<DirectoryEntry> entries) => source.List(place(directory), entries);

    public Errno Open(TreePath path, out SourceFile? file) => source.Open(place(path), out file);
}
