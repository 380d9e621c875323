using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// A flag that another thread raises and <see cref="Poll.Wait"/> sees: an <c>eventfd(2)</c>.
/// It stays raised until <see cref="Clear"/>.
/// </summary>
internal sealed partial class Wakeup : IDisposable
{
    private const int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private readonly SafeFileHandle _handle;

    public Wakeup()
    {
        var descriptor = eventfd(0, EFD_CLOEXEC_NONBLOCK);
        LinuxException.ThrowIf(ErrnoText.Of(descriptor), "eventfd");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The descriptor to wait on for <see cref="PollEvents.Readable"/>.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Wakes whoever waits, now and later. May be called from any thread, any number of times, also after disposal.</summary>
    public void Raise()
    {
        try
        {
            _ = Descriptors.TryWrite(_handle, [1, 0, 0, 0, 0, 0, 0, 0], out _);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>Lowers the flag.</summary>
    public void Clear()
    {
        Span<byte> count = stackalloc byte[8];
        _ = Descriptors.TryRead(_handle, count, out _);
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}
