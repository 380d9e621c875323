using System.Net;
using System.Net.Sockets;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>A way to a server on which what it says is changed or ends early.</summary>
internal sealed class TamperingLink : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;

    public TamperingLink(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes of the last connection after which the server is heard no more.</summary>
    public long CutAt { get; set; } = long.MaxValue;

    /// <summary>Which byte is changed, and how; none by default.</summary>
    public (long At, byte Xor) Flip { get; set; } = (-1, 0);

    /// <summary>Bytes that the server said in the last connection.</summary>
    public long Said { get; private set; }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                server.Connect(IPAddress.Loopback, _serverPort);
                Said = 0;
                new Thread(() => Pass(client, server, tampers: false)) { IsBackground = true }.Start();
                new Thread(() => Pass(server, client, tampers: true)) { IsBackground = true }.Start();
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private void Pass(Socket from, Socket to, bool tampers)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (int read; (read = from.Receive(buffer)) > 0;)
            {
                var pass = tampers ? Tamper(buffer.AsSpan(0, read)) : read;
                to.Send(buffer, 0, pass, SocketFlags.None);
                if (pass < read)
                    break;
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Either end has gone.
        }
        // A half that has nothing more to say does not end the other; one that was cut does.
        if (tampers)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private int Tamper(Span<byte> data)
    {
        var at = Flip.At - Said;
        if (at >= 0 && at < data.Length)
            data[(int)at] ^= Flip.Xor;
        var pass = (int)Math.Clamp(CutAt - Said, 0, data.Length);
        Said += data.Length;
        return pass;
    }
}
