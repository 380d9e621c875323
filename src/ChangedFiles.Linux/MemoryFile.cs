using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// Takes what a child process says on its standard error: a <c>memfd_create(2)</c> of a fixed size. Unlike a pipe it needs no reader, so the child never
/// waits; what comes after it is full is lost.
/// </summary>
internal sealed partial class MemoryFile : IDisposable
{
    private const uint MFD_CLOEXEC_ALLOW_SEALING = 0x3;
    private const int F_ADD_SEALS = 1033;
    private const int F_SEAL_SHRINK_GROW = 0x2 | 0x4;

    private readonly int _size;

    /// <param name="size">Bytes that it holds.</param>
    public MemoryFile(int size)
    {
        _size = size;
        var descriptor = memfd_create("stderr"u8, MFD_CLOEXEC_ALLOW_SEALING);
        LinuxException.ThrowIf(ErrnoText.Of(descriptor), "memfd_create");
        Handle = new SafeFileHandle(descriptor, ownsHandle: true);
        LinuxException.ThrowIf(ErrnoText.Of(ftruncate(Handle, size)), "ftruncate");
        LinuxException.ThrowIf(ErrnoText.Of(fcntl(Handle, F_ADD_SEALS, F_SEAL_SHRINK_GROW)), "fcntl");
    }

    /// <summary>What the child writes to; its own position is shared by all who have it.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>What has been written so far; text holds no NUL.</summary>
    public byte[] Text()
    {
        var bytes = new byte[_size];
        var read = RandomAccess.Read(Handle, bytes, 0);
        var end = bytes.AsSpan(0, read).IndexOf((byte)0);
        return bytes[..(end < 0 ? read : end)];
    }

    public void Dispose() => Handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create([MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeHandle handle, long size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle handle, int command, int argument);
}
