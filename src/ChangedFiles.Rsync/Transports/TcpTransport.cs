using System.Net;
using System.Net.Sockets;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Transports;

/// <summary>How a TCP connection is made.</summary>
public sealed record TcpOptions
{
    /// <summary>4, 6, or 0 for either.</summary>
    public int IPVersion { get; init; }

    /// <summary>The local address; null is any.</summary>
    public string? LocalAddress { get; init; }

    /// <summary>Options of the socket, as <c>--sockopts</c> has them: NAME or NAME=VALUE, with commas between; null for none.</summary>
    public string? SocketOptions { get; init; }
}

/// <summary>TCP connections that waste no time: no Nagle delay, quick acknowledgements, a dead peer noticed.</summary>
internal static class TcpTransport
{
    private const int TCP_USER_TIMEOUT = 18;

    /// <summary>Unacknowledged data and unanswered probes end a connection after this many seconds.</summary>
    private const int DeadAfterSeconds = 60;

    /// <summary>Tries each address of the host in turn.</summary>
    /// <exception cref="RsyncException">None answered: <see cref="ExitCode.SocketIO"/>, or <see cref="ExitCode.ConnectTimeout"/>.</exception>
    public static Connection Connect(string host, int port, TcpOptions options, TimeSpan timeout, CancellationToken cancellation)
    {
        RsyncException? first = null;
        foreach (var address in Resolve(host, options.IPVersion))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (options.LocalAddress is { } local)
                    socket.Bind(new IPEndPoint(Resolve(local, options.IPVersion).First(each => each.AddressFamily == address.AddressFamily), 0));
                SocketOptions.Apply(socket, options.SocketOptions);
                Connect(socket, new IPEndPoint(address, port), timeout, cancellation);
                Tune(socket);
                return new Connection(socket.SafeHandle, socket.SafeHandle, isTcp: true, owner: socket, cancellation);
            }
            catch (Exception failure) when (failure is SocketException or RsyncException)
            {
                socket.Dispose();
                first ??= failure as RsyncException ?? new RsyncException(ExitCode.SocketIO, SessionStage.Connect,
                    $"failed to connect to {host} ({address}): {failure.Message} ({((SocketException)failure).ErrorCode})", failure);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
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

    private static IPAddress[] Resolve(string host, int version)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        try
        {
            return Dns.GetHostAddresses(host, version switch { 4 => AddressFamily.InterNetwork, 6 => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified });
        }
        catch (SocketException failure)
        {
            throw new RsyncException(ExitCode.SocketIO, SessionStage.Connect, $"getaddrinfo: {host}: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// connect(2) without blocking, then poll(2): the socket never enters the runtime's own event loop, which would
    /// wake a thread for each packet of the session.
    /// </summary>
    private static void Connect(Socket socket, IPEndPoint end, TimeSpan timeout, CancellationToken cancellation)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(end);
            return;
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        using var wakeup = new Wakeup();
        using var registration = cancellation.Register(wakeup.Raise);
        Span<PollEntry> entries =
        [
            new((int)socket.Handle, PollEvents.Writable),
            new(wakeup.Descriptor, PollEvents.Readable),
        ];
        var deadline = Environment.TickCount64 + (timeout > TimeSpan.Zero ? (long)timeout.TotalMilliseconds : int.MaxValue);
        while (Poll.Wait(entries, (int)Math.Max(0, deadline - Environment.TickCount64)) == 0)
        {
            if (Environment.TickCount64 >= deadline)
                throw new RsyncException(ExitCode.ConnectTimeout, SessionStage.Connect, $"rsync://{end}: no answer within {timeout.TotalSeconds:0} s");
        }
        cancellation.ThrowIfCancellationRequested();
        var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
            throw new SocketException(error);
    }

    private static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, DeadAfterSeconds / 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, DeadAfterSeconds / 6);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        // Data that nobody acknowledges must not wait for the kernel's 15 minutes of retransmission.
        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TCP_USER_TIMEOUT, BitConverter.GetBytes(DeadAfterSeconds * 1000));
    }
}
