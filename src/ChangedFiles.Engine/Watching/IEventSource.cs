using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// Watches one tree from a thread of its own, started once. Events are hints (see <see cref="FileOperations"/>): a name may be reported
/// more than once or for nothing, but whatever differs from what it was when <see cref="Start"/> returned has been reported: by its path
/// at that time, by an event of a directory above it with <see cref="FileOperations.Subtree"/>, or by an overflow.
/// </summary>
public interface IEventSource : IDisposable
{
    /// <summary>The kernel's interface: "fanotify" or "inotify".</summary>
    string Name { get; }

    /// <summary>For people: what watches, and why this one.</summary>
    string Description { get; }

    /// <summary>Begins. When it returns, every later change is reported.</summary>
    /// <exception cref="WatchException">The tree cannot be watched; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it prepared.</exception>
    void Start(IEventSink sink, CancellationToken cancellation = default);

    /// <summary>
    /// Waits until all that happened before the call has been reported: the kernel queues an event before the call that causes it returns, so
    /// reading the queue to its end is enough. Not to be called from the sink.
    /// </summary>
    /// <returns>False when the source has ended, or in <paramref name="limit"/> did not come that far.</returns>
    bool CatchUp(TimeSpan limit);
}

/// <summary>Takes what a source sees. All calls come from the source's thread (or, before it runs, from the one in Start).</summary>
public interface IEventSink
{
    /// <summary>Events in the order they were read. The span is the source's own and holds only during the call.</summary>
    void Events(ReadOnlySpan<WatchEvent> events);

    /// <summary>A directory and all below it cannot be watched (no permission, too deep); the source goes on.</summary>
    void Unwatched(TreePath directory, Errno reason);

    /// <summary>The source has ended by itself: nothing will be reported any more.</summary>
    void Failed(Exception reason);
}

/// <summary>A tree cannot be watched. The message names the reason and what to do about it.</summary>
public sealed class WatchException(string message, Exception? inner = null) : Exception(message, inner);
