using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>A walk through what is mirrored of a source.</summary>
internal static class SourceNames
{
    /// <summary>All names below the top that are mirrored, directories before what is in them. What cannot be listed is passed over.</summary>
    public static IEnumerable<(TreePath Path, bool IsDirectory)> Names(this IFileSource source, Selection selection)
    {
        var pending = new Stack<TreePath>([TreePath.Root]);
        var entries = new List<DirectoryEntry>();
        while (pending.TryPop(out var directory))
        {
            entries.Clear();
            if (source.List(directory, entries) != Errno.None)
                continue;
            foreach (var entry in entries)
            {
                var (path, isDirectory) = (directory.Child(entry.Name), entry.Kind == FileKind.Directory);
                if (selection.Excludes(path, isDirectory))
                    continue;
                yield return (path, isDirectory);
                if (isDirectory)
                    pending.Push(path);
            }
        }
    }
}
