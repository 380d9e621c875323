using System.Net;
using System.Net.Sockets;

namespace ChangedFiles.TestKit;

/// <summary>
/// A network between a client and a server on this machine that a test can count, slow down, stop and cut:
/// what connects to <see cref="Port"/> is passed on to the server's port. Needs no privileges.
/// </summary>
public sealed class LoopbackLink : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly HashSet<Socket> _sockets = [];
    private readonly ManualResetEventSlim _flowing = new(true);
    private long _sent, _received, _cutAt = long.MaxValue;
    private int _connections, _delayMilliseconds;
    private volatile bool _down, _disposed;

    /// <param name="serverPort">Of a server on 127.0.0.1.</param>
    /// <param name="address">Where clients reach it; this machine's 127.0.0.1 unless told otherwise.</param>
    public LoopbackLink(int serverPort, IPAddress? address = null)
    {
        _serverPort = serverPort;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Background(Accept);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that clients opened so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Bytes from clients to the server so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes from the server to clients so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How long each piece is held back, in both directions; a round trip takes twice as long.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromMilliseconds(Volatile.Read(ref _delayMilliseconds));
        set => Volatile.Write(ref _delayMilliseconds, (int)value.TotalMilliseconds);
    }

    /// <summary>Nothing passes any more, and nobody is told: a connection that is half open.</summary>
    public void Stall() => _flowing.Reset();

    /// <summary>Resets all connections; new ones are reset at once until <see cref="Repair"/>.</summary>
    public void Cut()
    {
        _down = true;
        lock (_sockets)
        {
            foreach (var socket in _sockets)
                Reset(socket);
            _sockets.Clear();
        }
    }

    /// <summary>Cuts when so many more bytes have passed to the server, in the middle of whatever they are.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAt, Sent + bytes);

    /// <summary>Ends what <see cref="Stall"/>, <see cref="Cut"/> and <see cref="CutAfter"/> began.</summary>
    public void Repair()
    {
        lock (_sockets)
        {
            Interlocked.Exchange(ref _cutAt, long.MaxValue);
            _down = false;
        }
        _flowing.Set();
    }

    public void Dispose()
    {
        _disposed = true;
        Cut();
        _flowing.Set();
        _listener.Dispose();
    }

    private void Accept()
    {
        while (!_disposed)
        {
            try
            {
                Connect(_listener.AcceptSocket());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The listener was closed, or the server is not there and the client was told so.
            }
        }
    }

    private void Connect(Socket client)
    {
        Interlocked.Increment(ref _connections);
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            server.Connect(IPAddress.Loopback, _serverPort);
        }
        catch (SocketException)
        {
            server.Dispose();
            Reset(client);
            throw;
        }
        client.NoDelay = server.NoDelay = true;
        lock (_sockets)
            _sockets.UnionWith([client, server]);
        if (_down)
            Cut();
        Background(() => Pump(client, server, MaySend));
        Background(() => Pump(server, client, MayReceive));
    }

    private void Pump(Socket from, Socket to, Func<int, int> mayPass)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = from.Receive(buffer)) > 0;)
            {
                Thread.Sleep(Delay);
                _flowing.Wait();
                // Counted before it is passed on: who has seen the answer finds the question counted.
                var passing = mayPass(read);
                to.Send(buffer, passing, SocketFlags.None);
                if (passing < read)
                {
                    CutUnlessRepaired();
                    throw new SocketException();
                }
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has gone: the other is to know.
            Reset(from);
            Reset(to);
        }
    }

    private void CutUnlessRepaired()
    {
        lock (_sockets)
        {
            if (_cutAt != long.MaxValue)
                Cut();
        }
    }

    private int MaySend(int count)
    {
        var passing = (int)Math.Clamp(Interlocked.Read(ref _cutAt) - Sent, 0, count);
        Interlocked.Add(ref _sent, passing);
        return passing;
    }

    private int MayReceive(int count)
    {
        Interlocked.Add(ref _received, count);
        return count;
    }

    private static void Reset(Socket socket) => socket.Close(0);

    private static void Background(Action body) => new Thread(() => body()) { IsBackground = true }.Start();
}
