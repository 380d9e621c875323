using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Reading and writing descriptors that do not block: pipes, sockets, event counters.</summary>
internal static partial class Descriptors
{
    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int O_NONBLOCK = 0x800;
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private const int SOL_TCP = 6;
    private const int TCP_QUICKACK = 12;
    private const int SHUT_WR = 1;

    /// <summary>Reads what is there. <see cref="Errno.EAGAIN"/> when nothing is; 0 bytes at the end.</summary>
    public static Errno TryRead(SafeHandle handle, Span<byte> buffer, out int read)
    {
        nint result;
        do
            result = read_(handle, buffer, (nuint)buffer.Length);
        while (result < 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR);
        read = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Writes as much as fits. <see cref="Errno.EAGAIN"/> when nothing does; <see cref="Errno.EPIPE"/> when the reader is gone.</summary>
    public static Errno TryWrite(SafeHandle handle, ReadOnlySpan<byte> data, out int written)
    {
        nint result;
        do
            result = write_(handle, data, (nuint)data.Length);
        while (result < 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR);
        written = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Makes reads and writes of the open file answer <see cref="Errno.EAGAIN"/> instead of waiting.</summary>
    public static void SetNonBlocking(SafeHandle handle, bool nonBlocking = true)
    {
        var flags = fcntl(handle, F_GETFL, 0);
        LinuxException.ThrowIf(ErrnoText.Of(flags), "fcntl");
        var wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        if (wanted != flags)
            LinuxException.ThrowIf(ErrnoText.Of(fcntl(handle, F_SETFL, wanted)), "fcntl");
    }

    /// <summary>Two connected stream sockets.</summary>
    public static (SafeFileHandle First, SafeFileHandle Second) SocketPair()
    {
        Span<int> pair = stackalloc int[2];
        LinuxException.ThrowIf(ErrnoText.Of(socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair)), "socketpair");
        return (new SafeFileHandle(pair[0], true), new SafeFileHandle(pair[1], true));
    }

    /// <summary>
    /// Asks the kernel to acknowledge what arrives at once. It forgets the wish after a few segments, so it is repeated before
    /// each wait: a peer that writes in small pieces without TCP_NODELAY otherwise stalls 40 ms a time.
    /// </summary>
    public static void AcknowledgeQuickly(SafeHandle socket)
    {
        var one = 1;
        _ = setsockopt(socket, SOL_TCP, TCP_QUICKACK, in one, sizeof(int));
    }

    /// <summary>Tells the other end of a socket that nothing more will come.</summary>
    public static void ShutdownWriting(SafeHandle socket) => _ = shutdown(socket, SHUT_WR);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint read_(SafeHandle fd, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint write_(SafeHandle fd, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, Span<int> pair);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeHandle socket, int level, int name, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(SafeHandle socket, int how);
}
