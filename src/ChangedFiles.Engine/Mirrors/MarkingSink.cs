using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Mirrors;

/// <summary>Turns what a source sees into marks, for each destination its own. Runs on the source's thread.</summary>
/// <param name="trees">One for each destination.</param>
/// <param name="onLost">The source cannot tell anything any more, and why.</param>
/// <param name="onWarning">Something is not watched, and why.</param>
/// <param name="waitClose">How long a file that is written may wait for its close; null for as long as makes no difference to anybody.</param>
public sealed class MarkingSink(
    IReadOnlyList<DirtyTree> trees, Action<string> onLost, Action<string> onWarning, TimeSpan? waitClose = null) : IEventSink
{
    /// <summary>
    /// A file that was just created is about to be written; one that is written is about to be closed. Sending it in between would be
    /// work for nothing, and show the destination half a file. If the sign does not come, the file is sent as it is.
    /// </summary>
    private static readonly TimeSpan HoldCreated = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan _holdModified = waitClose ?? TimeSpan.FromMilliseconds(100);

    private const FileOperations Whole = FileOperations.Subtree | FileOperations.Overflow | FileOperations.FileSystemError;
    private const FileOperations Gone = FileOperations.Delete | FileOperations.MovedOut;
    private const FileOperations Written = FileOperations.Modify | FileOperations.CloseWrite;
    private const FileOperations Closed = FileOperations.CloseWrite | Gone | FileOperations.MovedIn;
    private const FileOperations Complete = FileOperations.CloseWrite | FileOperations.Attributes | Gone | FileOperations.MovedIn;

    /// <summary>Events seen since the start.</summary>
    public long Seen { get; private set; }

    /// <summary>Times that events were lost, each followed by a look at everything.</summary>
    public long Overflows { get; private set; }

    public void Events(ReadOnlySpan<WatchEvent> events)
    {
        Seen += events.Length;
        foreach (ref readonly var happened in events)
        {
            if (happened.Has(FileOperations.RootGone))
                onLost("the source directory was removed, moved away or unmounted; the mirror keeps what it has");
            else
                Mark(happened);
        }
    }

    public void Unwatched(TreePath directory, Errno reason) => onWarning($"{directory} is not watched: {reason.Describe()}");

    public void Failed(Exception reason) => onLost($"watching has ended: {reason.Message}");

    private void Mark(in WatchEvent happened)
    {
        if (happened.Has(FileOperations.Overflow))
            Overflows++;
        if (happened.Has(FileOperations.Overflow) || IsWrittenSomewhere(happened))
        {
            // What was known of the destinations is as true as it was; only what changed since has to be found.
            foreach (var tree in trees)
                tree.MarkEverything(trusting: true);
            return;
        }
        foreach (var tree in trees)
        {
            if (happened.Has(FileOperations.Rename))
                tree.MarkRenamed(happened.OldPath, happened.Path, happened.IsDirectory);
            else
                tree.Mark(happened.Path, IsSubtree(happened), Touched(happened), Hold(happened), complete: happened.Has(Closed));
        }
    }

    // A directory that went may be back with other contents before anybody looks, so all of it is in question.
    private static bool IsSubtree(in WatchEvent happened) => happened.Has(Whole) || (happened.IsDirectory && happened.Has(Gone));

    /// <summary>A file was written whose name is not known.</summary>
    private static bool IsWrittenSomewhere(in WatchEvent happened) =>
        happened.Path.IsRoot && happened.Has(FileOperations.Subtree) && happened.Has(Written | FileOperations.Attributes);

    private static Touch Touched(in WatchEvent happened) => (happened.Has(FileOperations.Modify) ? Touch.Written : 0)
        | (happened.Has(~(Written | FileOperations.Attributes))
            ? Touch.Anything
            : (happened.Has(Written) ? Touch.Content : 0) | (happened.Has(FileOperations.Attributes) ? Touch.Attributes : 0));

    private TimeSpan Hold(in WatchEvent happened) =>
        happened.IsDirectory || happened.Has(Complete) ? TimeSpan.Zero
        : happened.Has(FileOperations.Modify) ? _holdModified
        : happened.Has(FileOperations.Create) ? HoldCreated
        : TimeSpan.Zero;
}
