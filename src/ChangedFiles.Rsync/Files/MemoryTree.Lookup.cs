using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>From paths to nodes, with the answers that the kernel gives on the way. Callers hold the lock.</summary>
public sealed partial class MemoryTree
{
    private Errno FindRegular(TreePath path, out MemoryNode? node)
    {
        var error = Find(path, out node);
        return error != Errno.None ? error : node!.Kind switch
        {
            FileKind.Regular => Errno.None,
            FileKind.Symlink => Errno.ELOOP,
            FileKind.Directory => Errno.EISDIR,
            _ => Errno.EINVAL,
        };
    }

    private Errno FindDirectory(TreePath path, out MemoryNode? node)
    {
        var error = Find(path, out node);
        return error == Errno.None && node!.Children is null ? WhyNotEntered(node) : error;
    }

    private Errno FindParent(TreePath path, out MemoryNode? parent)
    {
        parent = null;
        return path.Bytes.Length > TreePath.MaxLength ? Errno.ENAMETOOLONG : FindDirectory(path.Parent, out parent);
    }

    private Errno Find(TreePath path, out MemoryNode? node)
    {
        node = null;
        if (path.Bytes.Length > TreePath.MaxLength)
            return Errno.ENAMETOOLONG;
        var here = _root;
        foreach (var range in path.IsRoot ? default : path.Bytes.Split((byte)'/'))
        {
            if (here.Children is not { } children)
                return WhyNotEntered(here);
            if (!children.TryGetValue(path.Bytes[range].ToArray(), out var next))
                return Errno.ENOENT;
            here = next;
        }
        node = here;
        return Errno.None;
    }

    private static Errno WhyNotEntered(MemoryNode node) => node.Kind == FileKind.Symlink ? Errno.ELOOP : Errno.ENOTDIR;
}
