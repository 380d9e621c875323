using System.Net;
using System.Net.Sockets;
using System.Text;
using ChangedFiles.Cli.Rsync;
using Xunit;

namespace ChangedFiles.Interop.Tests.Transports;

/// <summary>A daemon that says a little, and then nothing.</summary>
public sealed class SilentDaemonTests
{
    private const string Greeting = "@RSYNCD: 31.0 md5\n";
    private const string Timeout = "--timeout=1 --contimeout=60";
    private const string ConnectTimeout = "--timeout=60 --contimeout=1";

    [Theory]
    [InlineData("", "m/", "--timeout=1", 30), InlineData("", "", "--timeout=1", 30)]
    [InlineData("", "m/", Timeout, 30), InlineData(Greeting, "m/", Timeout, 30), InlineData(Greeting + "@RSYNCD: OK\n", "m/", Timeout, 30)]
    [InlineData("", "m/", ConnectTimeout, 35), InlineData(Greeting, "m/", ConnectTimeout, 35), InlineData(Greeting, "", ConnectTimeout, 35)]
    public async Task Is_waited_for_as_long_as_told(string said, string module, string options, int code)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var daemon = $"rsync://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{module}";
        var running = Task.Run(
            () => RsyncProgram.Run([.. options.Split(' '), daemon], new ProgramStreams(Stream.Null, Stream.Null), patience.Token), patience.Token);
        using var client = await listener.AcceptTcpClientAsync(patience.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), patience.Token);
        Assert.Equal(code, (int)await running);
    }
}
