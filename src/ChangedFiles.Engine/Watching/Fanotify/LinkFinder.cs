using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

internal enum LinkSearch
{
    /// <summary>It has this path in the tree.</summary>
    Found,
    /// <summary>It was removed, or is outside of the tree.</summary>
    NotHere,
    /// <summary>It lives, and may be anywhere in the tree.</summary>
    Unknown,
}

/// <summary>
/// Finds the file behind an event whose name does not lead to it: it was renamed, made without a name (O_TMPFILE), or the name it was
/// opened by was removed while another link stays.
/// </summary>
internal sealed class LinkFinder(SafeFileHandle root, SafeFileHandle mount)
{
    private readonly byte[] _path = new byte[TreePath.MaxLength + 1];
    private readonly byte[] _rootPath = new byte[TreePath.MaxLength + 1];
    private readonly byte[] _entries = new byte[32 * 1024];

    /// <summary>True when the path leads to the file now.</summary>
    public bool Is(TreePath path, in FileHandle file) => FileHandle.Of(root, path.Bytes, out var there, out _) == Errno.None && there == file;

    /// <summary>A path of the file.</summary>
    /// <param name="near">The directory to look in where the kernel does not know a path.</param>
    public LinkSearch Find(in FileHandle file, TreePath near, out TreePath path)
    {
        path = default;
        var error = file.Open(mount, directory: false, out var opened);
        if (error == Errno.ESTALE)
            return LinkSearch.NotHere;
        LinuxException.ThrowIf(error, "open_by_handle_at");
        using (opened)
        {
            if (Inodes.Stat(opened!, out var stat) != Errno.None || stat.LinkCount == 0)
                return LinkSearch.NotHere;
            if (TryRemembered(opened!, file, out path, out var isOutside))
                return LinkSearch.Found;
            if (isOutside && stat.LinkCount == 1)
                return LinkSearch.NotHere;
            return TryListing(near, stat.Inode, file, out path) ? LinkSearch.Found : LinkSearch.Unknown;
        }
    }

    /// <summary>The path that the kernel has in its cache: perhaps none, perhaps a removed one, so it is checked.</summary>
    private bool TryRemembered(SafeFileHandle opened, in FileHandle file, out TreePath path, out bool isOutside)
    {
        path = default;
        isOutside = false;
        if (DescriptorPath.Read(root, _rootPath, out var rootLength) != Errno.None
            || DescriptorPath.Read(opened, _path, out var length) != Errno.None)
            return false;
        var top = _rootPath.AsSpan(0, rootLength).TrimEnd((byte)'/');
        var found = _path.AsSpan(0, length);
        if (found.Length > top.Length + 1 && found.StartsWith(top) && found[top.Length] == '/')
            return TreePath.TryParse(found[(top.Length + 1)..], out path) && Is(path, file);
        isOutside = FileHandle.Of(root, found, out var there, out _) == Errno.None && there == file;
        return false;
    }

    private bool TryListing(TreePath directory, ulong inode, in FileHandle file, out TreePath path)
    {
        path = default;
        if (Directories.OpenBeneath(root, directory.Bytes, LinkPolicy.Refuse, readable: true, out var handle) != Errno.None)
            return false;
        using (handle)
        {
            while (Directories.Read(handle!, _entries, out var length) == Errno.None && length > 0)
            {
                foreach (var entry in new DirectoryEntries(_entries.AsSpan(0, length)))
                {
                    if (entry.Inode == inode && Is(path = directory.Child(entry.Name), file))
                        return true;
                }
            }
        }
        return false;
    }
}
