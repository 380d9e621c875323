using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// Turns what the kernel said of a name into operations of the rule file. The kernel merges and does not say what kind of thing was
/// created, so the name is looked at once more; what is gone by then is taken for a regular file.
/// </summary>
/// <param name="root">The watched directory, absolute, without a slash at the end; empty for "/".</param>
/// <param name="stat">Looks at a name below it.</param>
internal sealed class EventTranslation(byte[] root, Func<TreePath, FileStat?> stat, TimeProvider clock)
{
    /// <summary>The kernel does not tell these apart: a line with any of them is meant.</summary>
    private const Operation Attributes = Operation.CHMOD | Operation.CHOWN | Operation.ATTRIB;

    /// <summary>Calls <paramref name="happened"/> for each operation, in the order in which they must have been.</summary>
    public void Translate(in WatchEvent seen, Action<FileEvent> happened)
    {
        var fileEvent = new FileEvent(Operation.None, Absolute(seen.Path))
        {
            IsDirectory = seen.IsDirectory,
            Time = clock.GetUtcNow(),
            Pid = seen.ProcessId,
            IsFound = seen.Has(FileOperations.Found),
        };
        foreach (var operation in Operations(seen))
        {
            var isRename = operation == Operation.RENAME && seen.Has(FileOperations.Rename);
            happened(fileEvent with { Operation = operation, OldPath = isRename ? Absolute(seen.OldPath) : null });
        }
    }

    private List<Operation> Operations(in WatchEvent seen)
    {
        var operations = new List<Operation>(2);
        if (seen.Has(FileOperations.Rename | FileOperations.MovedIn))
            operations.Add(Operation.RENAME);
        if (seen.Has(FileOperations.Create))
            AddCreation(seen, operations);
        if (seen.Has(FileOperations.CloseWrite))
            operations.Add(Operation.OPENW);
        else if (seen.Has(FileOperations.Modify) && !seen.Has(FileOperations.Create) && stat(seen.Path) is { IsRegular: true, Size: 0 })
            operations.Add(Operation.TRUNCATE);
        if (seen.Has(FileOperations.Attributes))
            operations.Add(Attributes);
        if (seen.Has(FileOperations.Delete | FileOperations.MovedOut))
            operations.Add(seen.IsDirectory ? Operation.RMDIR : Operation.UNLINK);
        return operations;
    }

    // A file that was found instead of reported may have been closed before anyone listened: it is taken for written.
    private void AddCreation(in WatchEvent seen, List<Operation> operations)
    {
        var now = seen.IsDirectory ? null : stat(seen.Path);
        operations.Add(now?.Kind switch
        {
            _ when seen.IsDirectory => Operation.MKDIR,
            null or FileKind.None or FileKind.Directory => Operation.CREATE,
            FileKind.Symlink => Operation.SYMLINK,
            FileKind.Regular when now.Value.LinkCount > 1 => Operation.LINK,
            FileKind.Regular => Operation.CREATE,
            _ => Operation.MKNOD,
        });
        if (seen.Has(FileOperations.Found) && !seen.Has(FileOperations.CloseWrite) && operations[^1] is Operation.CREATE && now is not null)
            operations.Add(Operation.OPENW);
    }

    private byte[] Absolute(TreePath path) =>
        path.IsRoot ? (root.Length == 0 ? [(byte)'/'] : root) : [.. root, (byte)'/', .. path.Bytes];
}
