using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// TCP sockets that are waited for with <see cref="Poll"/>. The runtime's own take 25 ms of a start, and a failed or pending connection there is
/// an exception. Addresses are <c>struct sockaddr</c>, as <c>IPEndPoint.Serialize</c> gives them.
/// </summary>
internal static partial class Sockets
{
    public const int SOL_SOCKET = 1;
    public const int SO_KEEPALIVE = 9;
    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;
    public const int TCP_KEEPIDLE = 4;
    public const int TCP_KEEPINTVL = 5;
    public const int TCP_KEEPCNT = 6;
    public const int TCP_USER_TIMEOUT = 18;

    private const int SO_ERROR = 4;
    private const int SOCK_STREAM_CLOEXEC_NONBLOCK = 1 | 0x80000 | 0x800;

    /// <summary>A stream socket for addresses of this one's family, which does not block.</summary>
    public static Errno Open(ReadOnlySpan<byte> address, out SafeFileHandle handle)
    {
        var descriptor = socket(MemoryMarshal.Read<ushort>(address), SOCK_STREAM_CLOEXEC_NONBLOCK, 0);
        handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return ErrnoText.Of(descriptor);
    }

    /// <summary>Gives the socket a local address.</summary>
    public static Errno Bind(SafeHandle socket, ReadOnlySpan<byte> address) => ErrnoText.Of(bind(socket, address, address.Length));

    /// <summary>Begins to connect: <see cref="Errno.EINPROGRESS"/>, and when the socket is writable <see cref="TakeError"/> says how it went.</summary>
    public static Errno Connect(SafeHandle socket, ReadOnlySpan<byte> address) => ErrnoText.Of(connect(socket, address, address.Length));

    /// <summary>What went wrong since it was last asked for.</summary>
    public static Errno TakeError(SafeHandle socket)
    {
        var length = sizeof(int);
        var result = getsockopt(socket, SOL_SOCKET, SO_ERROR, out var error, ref length);
        return result < 0 ? ErrnoText.Of(result) : (Errno)error;
    }

    /// <summary>Sets an option that is a number.</summary>
    public static Errno SetOption(SafeHandle socket, int level, int name, int value) =>
        ErrnoText.Of(setsockopt(socket, level, name, in value, sizeof(int)));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(SafeHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(SafeHandle socket, int level, int name, out int value, ref int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeHandle socket, int level, int name, in int value, int length);
}
