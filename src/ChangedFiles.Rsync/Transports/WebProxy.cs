using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Transports;

/// <summary>Reaches a daemon through a web proxy that lets connections through: <c>RSYNC_PROXY</c>, HTTP's CONNECT.</summary>
internal static class WebProxy
{
    private const int MaxLine = 1023;
    private const int MaxLines = 1000;

    /// <param name="proxy"><c>[user:password@]host:port</c></param>
    /// <exception cref="RsyncException">The proxy cannot be reached, or refuses.</exception>
    public static Connection Connect(string proxy, DaemonAddress daemon, TcpOptions options, TimeSpan timeout, CancellationToken cancellation)
    {
        var at = proxy.LastIndexOf('@');
        var colon = proxy.LastIndexOf(':');
        if (colon <= at || !int.TryParse(proxy[(colon + 1)..], out var port))
            throw Failure("invalid proxy specification: should be HOST:PORT");
        var request = Encoding.UTF8.GetBytes($"CONNECT {daemon.Host}:{daemon.Port} HTTP/1.0\r\n");
        if (request.Length > MaxLine)
            throw Failure("proxy CONNECT request too long");
        if (daemon.Host.Any(char.IsControl))
            throw Failure("invalid control character in proxy CONNECT host");
        var connection = TcpTransport.Connect(proxy[(at + 1)..colon], port, options, timeout, cancellation);
        try
        {
            connection.Timeout = timeout;
            var authorization = at < 0 ? ""
                : $"Proxy-Authorization: Basic {Convert.ToBase64String(ArgumentText.Encode(proxy[..at]))}\r\n";
            connection.Write([.. request, .. Encoding.UTF8.GetBytes($"{authorization}\r\n")], null);
            ReadAnswer(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A status line and headers up to an empty line; what follows is the daemon's.</summary>
    private static void ReadAnswer(Connection connection)
    {
        var status = ReadLine(connection, "response line");
        if (!status.StartsWith("HTTP/", StringComparison.Ordinal) || status.Split(' ') is not [_, ['2', ..], ..])
            throw Failure($"bad response from proxy -- {status}");
        for (var lines = 0; ReadLine(connection, "response header line").Length > 0; lines++)
        {
            if (lines == MaxLines)
                throw Failure("the proxy's answer does not end");
        }
    }

    private static string ReadLine(Connection connection, string what)
    {
        Span<byte> line = stackalloc byte[MaxLine];
        for (var length = 0; length < MaxLine; length++)
        {
            if (connection.Read(line.Slice(length, 1)) == 0)
                throw Failure("failed to read from proxy");
            if (line[length] == '\n')
                return ArgumentText.Decode(line[..length].TrimEnd((byte)'\r').ToArray());
        }
        throw Failure($"proxy {what} too long");
    }

    private static RsyncException Failure(string text) => new(ExitCode.SocketIO, SessionStage.Connect, text);
}
