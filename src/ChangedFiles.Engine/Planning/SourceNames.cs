using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>A walk through a source.</summary>
internal static class SourceNames
{
    /// <summary>All names below the top, directories before what is in them. What cannot be listed is passed over.</summary>
    /// <param name="excludes">Whether a name, and what is below it, is left out; asked with true for a directory.</param>
    public static IEnumerable<(TreePath Path, DirectoryEntry Entry)> Names(this IFileSource source, Func<TreePath, bool, bool> excludes)
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
                if (excludes(path, isDirectory))
                    continue;
                yield return (path, entry);
                if (isDirectory)
                    pending.Push(path);
            }
        }
    }
}
