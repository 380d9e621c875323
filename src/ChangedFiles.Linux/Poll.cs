using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>What to wait for on a descriptor, and what came; the values of <c>poll(2)</c>.</summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,
    Readable = 0x001,
    Priority = 0x002,
    Writable = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    Invalid = 0x020,
}

/// <summary>One descriptor of a <see cref="Poll.Wait"/>; the layout of <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry(int descriptor, PollEvents wanted)
{
    /// <summary>The descriptor; negative entries are passed over.</summary>
    public int Descriptor = descriptor;
    public PollEvents Wanted = wanted;
    /// <summary>What happened; errors and hang-ups come unasked.</summary>
    public PollEvents Came;
}

/// <summary>A descriptor that stays open while it is waited for: closed by another thread, its number would soon be somebody else's.</summary>
internal readonly ref struct HeldDescriptor
{
    private readonly SafeHandle? _handle;

    /// <param name="handle">Null for an entry that is to be passed over.</param>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    public HeldDescriptor(SafeHandle? handle)
    {
        _handle = handle;
        var held = false;
        handle?.DangerousAddRef(ref held);
    }

    public int Number => (int?)_handle?.DangerousGetHandle() ?? -1;

    public void Dispose() => _handle?.DangerousRelease();
}

/// <summary>Waiting for descriptors.</summary>
internal static partial class Poll
{
    /// <summary>
    /// Waits until one entry is ready or <paramref name="milliseconds"/> have passed (-1: for ever, 0: only looks).
    /// The caller keeps the descriptors open meanwhile.
    /// </summary>
    /// <returns>The number of ready entries; 0 after the time or a signal, so callers loop on their own clock.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static int Wait(Span<PollEntry> entries, int milliseconds)
    {
        var ready = poll(ref MemoryMarshal.GetReference(entries), (nuint)entries.Length, milliseconds);
        if (ready >= 0)
            return ready;
        var errno = ErrnoText.Of(ready);
        return errno == Errno.EINTR ? 0 : throw new LinuxException(errno, "poll");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entries, nuint count, int timeout);
}
