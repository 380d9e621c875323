using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChangedFiles.TestKit;

/// <summary>Ports of 127.0.0.1 for servers that must be told one.</summary>
public static class LoopbackPort
{
    private const int Attempts = 20;

    /// <summary>A port that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>
    /// Starts a server on a free port and waits until it, and no other process, listens there.
    /// Takes another port when it lost a race for one.
    /// </summary>
    public static (ServerProcess Server, int Port) Start(Func<int, ServerProcess> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Free();
            var server = start(port);
            Eventually.True(() => !server.IsRunning || IsListening(server.Pid, port), $"a server listens on port {port}", () => server.Log);
            if (server.IsRunning)
                return (server, port);
            server.Dispose();
            if (attempt == Attempts)
                throw new InvalidOperationException($"the server does not start:\n{server.Log}");
        }
    }

    /// <summary>Waits until the process listens on the port.</summary>
    public static void WaitFor(ServerProcess server, int port)
    {
        Eventually.True(() => !server.IsRunning || IsListening(server.Pid, port), $"the server listens on port {port}", () => server.Log);
        if (!server.IsRunning)
            throw new InvalidOperationException($"the server does not start again on port {port}:\n{server.Log}");
    }

    // A connection would prove nothing about who answers it: the kernel's table says which socket listens, /proc/PID/fd whose it is.
    private static bool IsListening(int pid, int port)
    {
        var local = string.Create(CultureInfo.InvariantCulture, $"0100007F:{port:X4}");
        foreach (var line in File.ReadLines("/proc/net/tcp"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[1] == local && fields[3] == "0A")
                return Holds(pid, $"socket:[{fields[9]}]");
        }
        return false;
    }

    private static bool Holds(int pid, string link)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Any(path => new FileInfo(path).LinkTarget == link);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
