using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>A fanotify group that reports directory handles and names (Linux 5.17).</summary>
internal sealed partial class Fanotify : IDisposable
{
    private const uint CloseOnExec = 0x1, NonBlocking = 0x2, UnlimitedQueue = 0x10, UnlimitedMarks = 0x20;
    private const uint ReportDirectoryNameAndTarget = 0x200 | 0x400 | 0x800 | 0x1000;
    private const uint MarkAdd = 0x1, MarkFileSystem = 0x100;
    private const nuint Fionread = 0x541B;

    /// <summary>What the kernel counts for a waiting event when asked for the length of the queue.</summary>
    private const int CountedEventLength = 24;

    private readonly SafeFileHandle _queue;

    private Fanotify(SafeFileHandle queue) => _queue = queue;

    /// <summary>Readable when events wait.</summary>
    public int Descriptor => (int)_queue.DangerousGetHandle();

    /// <summary>How many events wait.</summary>
    public int Backlog => ioctl(_queue, Fionread, out var bytes) < 0 ? 0 : bytes / CountedEventLength;

    /// <param name="unlimited">
    /// The queue takes all events; else, after fs.fanotify.max_queued_events, one <see cref="FanotifyEvents.Overflow"/>.
    /// </param>
    /// <returns>
    /// <see cref="Errno.EPERM"/> without CAP_SYS_ADMIN, <see cref="Errno.EINVAL"/> before Linux 5.17,
    /// <see cref="Errno.EMFILE"/> when the user has no more groups (fs.fanotify.max_user_groups).
    /// </returns>
    public static Errno Open(bool unlimited, out Fanotify? fanotify)
    {
        var flags = CloseOnExec | NonBlocking | ReportDirectoryNameAndTarget | UnlimitedMarks | (unlimited ? UnlimitedQueue : 0);
        var descriptor = fanotify_init(flags, 0);
        fanotify = descriptor < 0 ? null : new Fanotify(new SafeFileHandle(descriptor, ownsHandle: true));
        return ErrnoText.Of(descriptor);
    }

    /// <summary>Reports events of the whole file system that a directory is on.</summary>
    /// <returns>
    /// <see cref="Errno.EXDEV"/> inside a btrfs subvolume, <see cref="Errno.EOPNOTSUPP"/> and <see cref="Errno.ENODEV"/> where
    /// the file system has no handles or no number of its own.
    /// </returns>
    public Errno WatchFileSystem(SafeFileHandle directory, FanotifyEvents events) =>
        ErrnoText.Of(fanotify_mark(_queue, MarkAdd | MarkFileSystem, (ulong)events, directory, "."u8));

    /// <summary>Takes whole events from the queue; <see cref="Errno.EAGAIN"/> when there are none.</summary>
    public Errno Read(Span<byte> buffer, out int length) => Descriptors.TryRead(_queue, buffer, out length);

    public void Dispose() => _queue.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fanotify_init(uint flags, uint eventFlags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fanotify_mark(
        SafeFileHandle queue, uint flags, ulong mask, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle queue, nuint request, out int value);
}
