using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// Puts watches on directories. Always the watch first and the listing after it: what was made before the watch is in the listing, what
/// is made later raises an event. A directory is only ever reached through a handle of its parent that has the expected watch, so the
/// tree never mixes up two directories that exchanged their names. Where that fails, because something above has moved meanwhile, nothing
/// is done: the event of that move (or the listing of the place it went to) is still to come, and looks at everything below again.
/// </summary>
internal sealed class InotifyWatcher(SafeFileHandle root, Inotify inotify, WatchTree tree, WatchBatch batch)
{
    private const InotifyEvents Wanted =
        InotifyEvents.Modify | InotifyEvents.Attributes | InotifyEvents.CloseWrite | InotifyEvents.MovedFrom | InotifyEvents.MovedTo
        | InotifyEvents.Create | InotifyEvents.Delete | InotifyEvents.DeleteSelf | InotifyEvents.MoveSelf
        // Without ExcludeUnlinked a deleted file that is still written would be reported for ever, under a name that may be another's.
        | InotifyEvents.OnlyDirectory | InotifyEvents.ExcludeUnlinked
        // Directories are asked again for their watch while others work in them; that must not interrupt it.
        | InotifyEvents.AddToExisting;

    private readonly Stack<(WatchedDirectory Directory, List<byte[]> Names)> _waiting = [];
    private readonly byte[] _entries = new byte[32 * 1024];

    /// <summary>Directories for which this is true get no watch, nor does anything below them.</summary>
    public required Func<TreePath, bool> Skips { get; init; }

    /// <summary>Counts the passes over the whole tree.</summary>
    public int Pass { get; private set; }

    /// <summary>The tree turned out to be another one than the events told: only a pass over all of it helps.</summary>
    public bool Confused { get; private set; }

    /// <summary>Watches the whole tree; watches that are there already stay, those of directories no longer in it end.</summary>
    public void WatchAll(CancellationToken cancellation = default)
    {
        Pass++;
        Confused = false;
        LinuxException.ThrowIf(Directories.Open(root, "."u8, readable: true, out var handle), "open", "the root of the watched tree");
        using (handle)
        {
            var top = tree.Root ?? AddRoot(handle!);
            top.Pass = Pass;
            List(handle!, top, report: false);
        }
        WatchWaiting(report: false, cancellation);
        foreach (var directory in tree.NotIn(Pass))
            Unwatch(directory);
    }

    /// <summary>Watches a directory that came to be in <paramref name="parent"/>, with all below it.</summary>
    /// <param name="isNew">
    /// It was made there: everything found inside is reported, unless a listing of the parent found it already.
    /// Else it was moved there, and may hold anything that is not watched yet.
    /// </param>
    public void Watch(WatchedDirectory parent, byte[] name, bool isNew)
    {
        if (!TryOpen(parent, out var handle))
            return;
        using (handle)
            WatchOne(handle!, parent, name, report: isNew, unlessKnown: isNew);
        WatchWaiting(report: isNew, CancellationToken.None);
    }

    /// <summary>Ends the watches of a directory and of all below it.</summary>
    public void Unwatch(WatchedDirectory directory)
    {
        foreach (var watch in tree.Remove(directory))
            inotify.Remove(watch);
    }

    /// <summary>True when the directory still has the place that the tree gives it.</summary>
    public bool IsInPlace(WatchedDirectory directory)
    {
        var isInPlace = TryOpen(directory, out var handle);
        handle?.Dispose();
        return isInPlace;
    }

    private WatchedDirectory AddRoot(SafeFileHandle handle)
    {
        LinuxException.ThrowIf(Add(handle, out var watch), "watch", "the root of the watched tree");
        return tree.AddRoot(watch);
    }

    private void WatchWaiting(bool report, CancellationToken cancellation)
    {
        while (_waiting.TryPop(out var next))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TryOpen(next.Directory, out var parent))
                continue;
            using (parent)
            {
                foreach (var name in next.Names)
                    WatchOne(parent!, next.Directory, name, report, unlessKnown: false);
            }
        }
    }

    private void WatchOne(SafeFileHandle parentHandle, WatchedDirectory parent, byte[] name, bool report, bool unlessKnown)
    {
        if (!tree.TryGetPath(parent, out var above))
            return;
        var path = above.Child(name);
        if (Skips(path))
            return;
        if (path.Bytes.Length > TreePath.MaxLength)
        {
            batch.Sink.Unwatched(path, Errno.ENAMETOOLONG);
            return;
        }
        var error = Directories.Open(parentHandle, name, readable: true, out var handle);
        using (handle)
        {
            if (error == Errno.None)
                error = WatchOpened(handle!, parent, name, report, unlessKnown);
        }
        if (error is not (Errno.None or Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            batch.Sink.Unwatched(path, error);
    }

    private Errno WatchOpened(SafeFileHandle handle, WatchedDirectory parent, byte[] name, bool report, bool unlessKnown)
    {
        var error = Add(handle, out var watch);
        if (error != Errno.None)
            return error;
        var placement = tree.Place(watch, parent, name, out var directory);
        directory.Pass = Pass;
        Confused |= placement == Placement.Impossible;
        if (placement != Placement.Impossible && !(unlessKnown && placement == Placement.Unchanged))
            List(handle, directory, report);
        return Errno.None;
    }

    private Errno Add(SafeFileHandle directory, out int watch)
    {
        var error = inotify.Add(directory, Wanted, out watch);
        return error != Errno.ENOSPC ? error : throw WatchLimit.Reached(root, tree.Count);
    }

    /// <summary>Reads a directory that has its watch: what is inside is reported when wanted, directories wait for their own watch.</summary>
    private void List(SafeFileHandle handle, WatchedDirectory directory, bool report)
    {
        tree.TryGetPath(directory, out var path);
        List<byte[]>? directories = null;
        Errno error;
        int length;
        while ((error = Directories.Read(handle, _entries, out length)) == Errno.None && length > 0)
        {
            foreach (var entry in new DirectoryEntries(_entries.AsSpan(0, length)))
            {
                var isDirectory = IsDirectory(handle, entry);
                if (isDirectory)
                    (directories ??= []).Add(entry.Name.ToArray());
                if (report && !(isDirectory && Skips(path.Child(entry.Name))))
                    batch.Add(path.Child(entry.Name), FileOperations.Create | FileOperations.Found, isDirectory);
            }
        }
        if (error is not (Errno.None or Errno.ENOENT))
            batch.Sink.Unwatched(path, error);
        if (directories is not null)
            _waiting.Push((directory, directories));
    }

    private static bool IsDirectory(SafeFileHandle parent, in DirectoryEntries entry) => entry.Kind switch
    {
        FileKind.None => Inodes.Stat(parent, entry.Name, out var stat) == Errno.None && stat.IsDirectory,
        var kind => kind == FileKind.Directory,
    };

    /// <summary>Opens the directory of a watch at the path it has in the tree; false when another one, or none, is there.</summary>
    private bool TryOpen(WatchedDirectory directory, out SafeFileHandle? handle)
    {
        handle = null;
        if (!tree.TryGetPath(directory, out var path)
            || Directories.OpenBeneath(root, path.Bytes, LinkPolicy.Refuse, readable: false, out handle) != Errno.None)
            return false;
        // The kernel tells by the number of the watch, which is the inode's; inode numbers are given again too soon.
        if (inotify.Add(handle!, Wanted, out var watch) == Errno.None && watch == directory.Watch)
            return true;
        if (watch >= 0 && tree.Find(watch) is null)
            inotify.Remove(watch);
        handle!.Dispose();
        handle = null;
        return false;
    }
}
