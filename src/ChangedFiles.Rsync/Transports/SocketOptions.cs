using System.Globalization;
using System.Net.Sockets;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The list of <c>--sockopts</c>.</summary>
internal static class SocketOptions
{
    private static readonly Dictionary<string, (SocketOptionLevel Level, SocketOptionName Name)> Known = new()
    {
        ["SO_KEEPALIVE"] = (SocketOptionLevel.Socket, SocketOptionName.KeepAlive),
        ["SO_REUSEADDR"] = (SocketOptionLevel.Socket, SocketOptionName.ReuseAddress),
        ["SO_BROADCAST"] = (SocketOptionLevel.Socket, SocketOptionName.Broadcast),
        ["SO_SNDBUF"] = (SocketOptionLevel.Socket, SocketOptionName.SendBuffer),
        ["SO_RCVBUF"] = (SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer),
        ["SO_SNDLOWAT"] = (SocketOptionLevel.Socket, SocketOptionName.SendLowWater),
        ["SO_RCVLOWAT"] = (SocketOptionLevel.Socket, SocketOptionName.ReceiveLowWater),
        ["SO_SNDTIMEO"] = (SocketOptionLevel.Socket, SocketOptionName.SendTimeout),
        ["SO_RCVTIMEO"] = (SocketOptionLevel.Socket, SocketOptionName.ReceiveTimeout),
        ["TCP_NODELAY"] = (SocketOptionLevel.Tcp, SocketOptionName.NoDelay),
        ["IPTOS_LOWDELAY"] = (SocketOptionLevel.IP, SocketOptionName.TypeOfService),
        ["IPTOS_THROUGHPUT"] = (SocketOptionLevel.IP, SocketOptionName.TypeOfService),
    };

    /// <summary>Sets them: NAME (on) or NAME=VALUE, with commas or spaces between.</summary>
    /// <exception cref="RsyncException">A name or a value that is not known (<see cref="ExitCode.SyntaxOrUsage"/>).</exception>
    public static void Apply(Socket socket, string? list)
    {
        foreach (var item in list?.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var parts = item.Split('=', 2);
            if (!Known.TryGetValue(parts[0], out var option))
                throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.Setup, $"Unknown socket option {item}");
            var value = parts[0] switch { "IPTOS_LOWDELAY" => 0x10, "IPTOS_THROUGHPUT" => 0x08, _ => 1 };
            if (parts.Length == 2 && !int.TryParse(parts[1], CultureInfo.InvariantCulture, out value))
                throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.Setup, $"syntax error -- {item} needs a number");
            socket.SetSocketOption(option.Level, option.Name, value);
        }
    }
}
