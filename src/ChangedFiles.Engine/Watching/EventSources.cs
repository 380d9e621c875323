using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>Chooses how a tree is watched.</summary>
public static class EventSources
{
    /// <summary>A source for the tree below an open directory, not yet started. It keeps a handle of its own.</summary>
    /// <exception cref="WatchException">No source can watch it, or not the one that was asked for.</exception>
    public static IEventSource Open(SafeFileHandle root, WatchOptions options)
    {
        if (options.Kind == EventSourceKind.Inotify)
            return new InotifySource(root, options) { Description = "inotify, as asked: one watch for each directory" };
        try
        {
            return new FanotifySource(root, options) { Description = "fanotify: one mark on the whole file system" };
        }
        catch (WatchException reason) when (options.Kind == EventSourceKind.Auto)
        {
            return new InotifySource(root, options) { Description = $"inotify: one watch for each directory (not fanotify: {reason.Message})" };
        }
        catch (WatchException reason)
        {
            throw new WatchException($"fanotify cannot watch this tree: {reason.Message}. --source=inotify can.", reason);
        }
    }

    /// <summary>The same for a directory at a path of this machine.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    /// <exception cref="WatchException">It cannot be watched.</exception>
    public static IEventSource Open(ReadOnlySpan<byte> root, WatchOptions options)
    {
        LinuxException.ThrowIf(Directories.OpenRoot(root, out var handle), "open", Rsync.Files.TreePath.Printable(root));
        using (handle)
            return Open(handle!, options);
    }
}
