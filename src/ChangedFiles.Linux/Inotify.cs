using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>An inotify instance: its queue of events, and its watches of single directories.</summary>
internal sealed partial class Inotify : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80000 | 0x800;

    private readonly SafeFileHandle _queue;

    private Inotify(SafeFileHandle queue) => _queue = queue;

    /// <summary>Readable when events wait.</summary>
    public int Descriptor => (int)_queue.DangerousGetHandle();

    /// <summary><see cref="Errno.EMFILE"/> when the user has no more instances (fs.inotify.max_user_instances) or the process no descriptors.</summary>
    public static Errno Open(out Inotify? inotify)
    {
        var descriptor = inotify_init1(CloseOnExecNonBlocking);
        inotify = descriptor < 0 ? null : new Inotify(new SafeFileHandle(descriptor, ownsHandle: true));
        return ErrnoText.Of(descriptor);
    }

    /// <summary>
    /// Watches an open directory, whatever its name is by now. An inode has one watch: a second call answers with the same number.
    /// <see cref="Errno.ENOSPC"/> when the user has no more watches (fs.inotify.max_user_watches).
    /// </summary>
    public Errno Add(SafeFileHandle directory, InotifyEvents events, out int watch)
    {
        watch = inotify_add_watch(_queue, DescriptorPath.Format(directory, stackalloc byte[DescriptorPath.MaxLength]), (uint)events);
        return ErrnoText.Of(watch);
    }

    /// <summary>Ends a watch; an <see cref="InotifyEvents.Ignored"/> event for it follows. One that has ended already is no error.</summary>
    public void Remove(int watch) => _ = inotify_rm_watch(_queue, watch);

    /// <summary>Takes whole events from the queue; <see cref="Errno.EAGAIN"/> when there are none.</summary>
    public Errno Read(Span<byte> buffer, out int length) => Descriptors.TryRead(_queue, buffer, out length);

    public void Dispose() => _queue.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(
        SafeFileHandle queue, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeFileHandle queue, int watch);
}
