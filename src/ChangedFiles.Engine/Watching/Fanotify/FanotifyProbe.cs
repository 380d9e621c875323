using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>Finds out whether fanotify can watch a tree, by trying it.</summary>
internal static class FanotifyProbe
{
    /// <summary>A group with a mark on the file system of <paramref name="root"/>.</summary>
    /// <exception cref="WatchException">It cannot; the message is the reason, to be put behind "fanotify: ".</exception>
    public static Fanotify Open(SafeFileHandle root, bool limitQueue, FanotifyEvents events)
    {
        var error = Fanotify.Open(unlimited: !limitQueue, out var fanotify);
        if (error != Errno.None)
            throw new WatchException(WhyNoGroup(error));
        error = fanotify!.WatchFileSystem(root, events);
        var reason = error == Errno.None ? WhyNoHandles(root) : WhyNoMark(error);
        if (reason is null)
            return fanotify;
        fanotify.Dispose();
        throw new WatchException(reason);
    }

    private static string WhyNoGroup(Errno error) => error switch
    {
        Errno.EPERM => "it needs root (CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH)",
        Errno.ENOSYS or Errno.EINVAL => "this kernel's is too old (Linux 5.17 is needed)",
        Errno.EMFILE => "the user's limit fs.fanotify.max_user_groups is reached, or this process has too many open files",
        _ => error.Describe(),
    };

    private static string WhyNoMark(Errno error) => error switch
    {
        Errno.EPERM => "it needs root of the host for this file system (CAP_SYS_ADMIN)",
        Errno.EXDEV => "the tree is in a btrfs subvolume, which it cannot watch",
        Errno.EOPNOTSUPP or Errno.ENODEV => "this file system (such as overlayfs or FUSE) does not support it",
        _ => error.Describe(),
    };

    private static string? WhyNoHandles(SafeFileHandle root)
    {
        if (Directories.Open(root, "."u8, readable: true, out var mount) is var noRoot and not Errno.None)
            return $"the root cannot be read: {noRoot.Describe()}";
        using (mount)
        {
            if (FileHandle.Of(mount!, out var handle, out _) is var noHandle and not Errno.None)
                return $"this file system has no file handles that it could use: {noHandle.Describe()}";
            var error = handle.Open(mount!, directory: true, out var opened);
            opened?.Dispose();
            return error switch
            {
                Errno.None => null,
                Errno.EPERM => "it needs root (CAP_DAC_READ_SEARCH)",
                _ => $"this file system does not open by file handle: {error.Describe()}",
            };
        }
    }
}
