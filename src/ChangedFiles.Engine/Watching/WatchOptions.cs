using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>Which interface of the kernel to use.</summary>
public enum EventSourceKind
{
    /// <summary>fanotify where privileges and file system allow it, else inotify.</summary>
    Auto,
    Fanotify,
    Inotify,
}

/// <summary>How a tree is watched.</summary>
public sealed record WatchOptions
{
    public EventSourceKind Kind { get; init; }

    /// <summary>True for directories that nobody wants to hear about: they get no watches and their events are dropped. Must not throw.</summary>
    public Func<TreePath, bool>? Excludes { get; init; }

    /// <summary>Also watch other file systems that are mounted inside the tree: by inotify when there are any.</summary>
    public bool CrossMounts { get; init; }

    /// <summary>Drop what this process itself does (fanotify only: inotify does not know who it was).</summary>
    public bool IgnoreOwnWrites { get; init; }

    /// <summary>How many events may wait unread before all are dropped for one overflow event. Each costs about 130 bytes of the kernel.</summary>
    public int MaxBacklog { get; init; } = 1_000_000;

    /// <summary>Bound the kernel's queue of fanotify at fs.fanotify.max_queued_events instead of by <see cref="MaxBacklog"/>.</summary>
    public bool LimitQueue { get; init; }
}
