using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>Chooses how a tree is watched.</summary>
public static class EventSources
{
    /// <summary>A source for the tree below an open directory, not yet started. It keeps a handle of its own.</summary>
    /// <exception cref="WatchException">No source can watch it, or not the one that was asked for.</exception>
    public static IEventSource Open(SafeFileHandle root, WatchOptions options) => options.Kind switch
    {
        EventSourceKind.Fanotify => throw new WatchException("fanotify is not there yet; use --source=inotify"),
        _ => new InotifySource(root, options) { Description = "inotify: one watch a directory" },
    };
}
