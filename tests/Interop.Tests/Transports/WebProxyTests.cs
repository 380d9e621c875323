using System.Net;
using System.Net.Sockets;
using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Transports;
using Xunit;

namespace ChangedFiles.Interop.Tests.Transports;

/// <summary>A proxy that answers as it likes.</summary>
public sealed class WebProxyTests
{
    [Theory]
    [InlineData("HTTP/1.0 200 yes\r\nServer: x\r\n\r\n@RSYNCD: 31.0 md5\n@ERROR: from behind the proxy\n", "from behind the proxy")]
    [InlineData("HTTP/1.0 403 no\r\n\r\n", "bad response from proxy -- HTTP/1.0 403 no")]
    [InlineData("hello\n", "bad response from proxy -- hello")]
    [InlineData("HTTP/1.0 200 yes\r\n", "failed to read from proxy")]
    [InlineData(null, "proxy response line too long")]
    public async Task A_daemon_is_asked_for_and_the_answer_understood(string? answer, string told)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var proxy = Serve(listener, answer ?? new string('X', 1023));
        var request = new DaemonRequest
        {
            Address = new DaemonAddress("daemon.example", "module", 8873),
            Proxy = $"me:secret@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
            Arguments = [],
        };
        KnownDaemon? known = null;
        var failure = Assert.ThrowsAny<RsyncException>(() => DaemonClient.Open(request, ref known, TestContext.Current.CancellationToken));
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Equal("CONNECT daemon.example:8873 HTTP/1.0\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n", await proxy);
    }

    /// <summary>Answers one client, and says what it asked.</summary>
    private static async Task<string> Serve(TcpListener listener, string answer)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = await listener.AcceptTcpClientAsync(cancellation);
        var stream = client.GetStream();
        var asked = new StringBuilder();
        var buffer = new byte[1];
        while (!asked.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, cancellation) > 0)
            asked.Append((char)buffer[0]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellation);
        client.Client.Shutdown(SocketShutdown.Send);
        await UntilClosed(stream, cancellation);
        return asked.ToString();
    }

    private static async Task UntilClosed(Stream stream, CancellationToken cancellation)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null, cancellation);
        }
        catch (IOException)
        {
            // The client did not read everything.
        }
    }
}
