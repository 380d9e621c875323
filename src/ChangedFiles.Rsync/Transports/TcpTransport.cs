using System.Net;
using System.Net.Sockets;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Transports;

/// <summary>How a TCP connection is made.</summary>
internal sealed record TcpOptions
{
    /// <summary>4, 6, or 0 for either.</summary>
    public int IPVersion { get; init; }

    /// <summary>The local address; null is any.</summary>
    public string? LocalAddress { get; init; }

    /// <summary>Options of the socket, as <c>--sockopts</c> has them: NAME or NAME=VALUE, with commas between; null for none.</summary>
    public string? SocketOptions { get; init; }

    /// <summary>Told of each of them that cannot be set; the connection is made all the same.</summary>
    public Action<string>? OnWarning { get; init; }
}

/// <summary>TCP connections that waste no time: no Nagle delay, quick acknowledgements, a dead peer noticed.</summary>
internal static class TcpTransport
{
    /// <summary>Unacknowledged data and unanswered probes end a connection after this many seconds.</summary>
    private const int DeadAfterSeconds = 60;

    /// <summary>Tries each address of the host in turn.</summary>
    /// <exception cref="RsyncException">None answered: <see cref="ExitCode.SocketIO"/>, or <see cref="ExitCode.ConnectTimeout"/>.</exception>
    public static Connection Connect(string host, int port, TcpOptions options, TimeSpan timeout, CancellationToken cancellation)
    {
        RsyncException? first = null;
        foreach (var address in Resolve(host, port, options.IPVersion))
        {
            var end = new IPEndPoint(address, port);
            var errno = Sockets.Open(Bytes(end), out var socket);
            try
            {
                if (errno == Errno.None)
                    errno = Prepare(socket, address, options);
                if (errno == Errno.None)
                    errno = Connect(socket, end, timeout, cancellation);
                if (errno == Errno.None)
                    return new Connection(socket, socket, isTcp: true, owner: null, cancellation);
                first ??= new RsyncException(ExitCode.SocketIO, SessionStage.Connect,
                    $"failed to connect to {host} ({address}): {errno.Describe()} ({(int)errno})");
            }
            catch (RsyncException failure)
            {
                first ??= failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            socket.Dispose();
        }
        throw first!;
    }

    /// <summary>Two connected sockets of this machine.</summary>
    public static (Socket First, Socket Second) LoopbackPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        first.Connect(listener.LocalEndPoint!);
        while (true)
        {
            var second = listener.Accept();
            if (second.RemoteEndPoint!.Equals(first.LocalEndPoint))
                return (first, second);
            // Somebody else was quicker.
            second.Dispose();
        }
    }

    private static IPAddress[] Resolve(string host, int port, int version)
    {
        if (IPAddress.TryParse(host, out var literal))
            return version is 0 || literal.AddressFamily == FamilyOf(version)
                ? [literal]
                : throw NoAddress(host, port, "Address family for hostname not supported");
        try
        {
            return Dns.GetHostAddresses(host, FamilyOf(version));
        }
        catch (SocketException failure)
        {
            throw NoAddress(host, port, failure.SocketErrorCode switch
            {
                // The runtime's text for it is that of another error.
                SocketError.TryAgain => "Temporary failure in name resolution",
                _ => failure.Message,
            });
        }
    }

    private static AddressFamily FamilyOf(int version) =>
        version switch { 4 => AddressFamily.InterNetwork, 6 => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };

    private static RsyncException NoAddress(string host, int port, string why) =>
        new(ExitCode.SocketIO, SessionStage.Connect, port > 0 ? $"getaddrinfo: {host} {port}: {why}" : $"getaddrinfo {host}: {why}");

    /// <summary>The local address and the options.</summary>
    private static Errno Prepare(SafeFileHandle socket, IPAddress address, TcpOptions options)
    {
        if (options.LocalAddress is { } local)
        {
            var own = Resolve(local, 0, options.IPVersion).First(each => each.AddressFamily == address.AddressFamily);
            if (Sockets.Bind(socket, Bytes(new IPEndPoint(own, 0))) is not Errno.None and var refused)
                return refused;
        }
        Tune(socket);
        SocketOptions.Apply(socket, options.SocketOptions, options.OnWarning);
        return Errno.None;
    }

    private static Errno Connect(SafeFileHandle socket, IPEndPoint end, TimeSpan timeout, CancellationToken cancellation)
    {
        var errno = Sockets.Connect(socket, Bytes(end));
        if (errno != Errno.EINPROGRESS)
            return errno;
        using var wakeup = new Wakeup();
        using var registration = cancellation.Register(wakeup.Raise);
        using var held = new HeldDescriptor(socket);
        Span<PollEntry> entries = stackalloc PollEntry[] { new(held.Number, PollEvents.Writable), new(wakeup.Descriptor, PollEvents.Readable) };
        var deadline = Environment.TickCount64 + (timeout > TimeSpan.Zero ? (long)timeout.TotalMilliseconds : int.MaxValue);
        while (Poll.Wait(entries, (int)Math.Max(0, deadline - Environment.TickCount64)) == 0)
        {
            if (Environment.TickCount64 >= deadline)
                throw new RsyncException(ExitCode.ConnectTimeout, SessionStage.Connect, $"rsync://{end}: no answer within {timeout.TotalSeconds:0} s");
        }
        cancellation.ThrowIfCancellationRequested();
        return Sockets.TakeError(socket);
    }

    private static ReadOnlySpan<byte> Bytes(IPEndPoint end) => end.Serialize().Buffer.Span;

    private static void Tune(SafeFileHandle socket)
    {
        Sockets.SetOption(socket, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        Sockets.SetOption(socket, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
        Sockets.SetOption(socket, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, DeadAfterSeconds / 2);
        Sockets.SetOption(socket, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, DeadAfterSeconds / 6);
        Sockets.SetOption(socket, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, 3);
        // Data that nobody acknowledges must not wait for the kernel's 15 minutes of retransmission.
        Sockets.SetOption(socket, Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, DeadAfterSeconds * 1000);
    }
}
