using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>Reads merge files, from outside the tree only where a link of root's or of the user's own leads there (docs/protocol.md 11.5).</summary>
internal static class MergeFiles
{
    /// <summary>Largest merge file, in bytes.</summary>
    public const int MaxLength = 16 << 20;

    /// <summary>Most symbolic links followed to a merge file.</summary>
    public const int MaxLinks = 8;

    /// <summary>The whole file; <see cref="Errno.EFBIG"/> when it is too big.</summary>
    public static Errno Read(FilterTree tree, IFileSource source, TreePath path, out byte[] contents)
    {
        contents = [];
        for (var links = 0; ; links++)
        {
            var errno = source.Open(path, out var file);
            if (errno == Errno.ELOOP && links < MaxLinks && source.ReadLink(path, out var target) == Errno.None)
            {
                if (TryResolve(path.Parent, target, out var next) || TryLeave(tree, ref source, path, target, out next))
                {
                    path = next;
                    continue;
                }
                return Errno.EXDEV;
            }
            if (errno != Errno.None)
                return errno;
            using (file)
                return ReadAll(file!, out contents);
        }
    }

    /// <summary>Goes on in the tree that has all files, where the link can be trusted.</summary>
    private static bool TryLeave(FilterTree tree, ref IFileSource source, TreePath link, ReadOnlySpan<byte> target, out TreePath path)
    {
        path = link;
        if (tree.Top is not { } top || source.Stat(link, out var stat) != Errno.None || !(stat.Uid == 0 || stat.Uid == Accounts.EffectiveUser))
            return false;
        var directory = target.StartsWith("/"u8) ? TreePath.Root : ReferenceEquals(source, top) ? link.Parent : tree.Root.Append(link.Parent);
        source = top;
        return TryResolve(directory, target.TrimStart((byte)'/'), out path);
    }

    /// <summary>Goes from <paramref name="directory"/> along <paramref name="name"/>; false when that is absolute or climbs out.</summary>
    public static bool TryResolve(TreePath directory, ReadOnlySpan<byte> name, out TreePath path)
    {
        path = directory;
        if (name.StartsWith("/"u8))
            return false;
        foreach (var component in new PathParts(name))
        {
            if (component.IsEmpty || component.SequenceEqual("."u8))
                continue;
            if (component.SequenceEqual(".."u8))
            {
                if (path.IsRoot)
                    return false;
                path = path.Parent;
                continue;
            }
            if (component.Length > TreePath.MaxNameLength || path.Bytes.Length + 1 + component.Length > TreePath.MaxLength)
                return false;
            path = path.Child(component);
        }
        return true;
    }

    private static Errno ReadAll(SourceFile file, out byte[] contents)
    {
        contents = [];
        using var all = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (true)
        {
            var errno = file.Read(buffer, all.Length, out var read);
            if (errno != Errno.None)
                return errno;
            if (read == 0)
                break;
            all.Write(buffer, 0, read);
            if (all.Length > MaxLength)
                return Errno.EFBIG;
        }
        contents = all.ToArray();
        return Errno.None;
    }
}
