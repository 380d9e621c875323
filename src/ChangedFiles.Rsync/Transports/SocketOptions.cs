using System.Globalization;
using System.Runtime.InteropServices;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The list of <c>--sockopts</c>.</summary>
internal static class SocketOptions
{
    private const int IPPROTO_IP = 0;
    private const int IP_TOS = 1;

    private static readonly Dictionary<string, (int Level, int Name)> Known = new()
    {
        ["SO_KEEPALIVE"] = (Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE),
        ["SO_REUSEADDR"] = (Sockets.SOL_SOCKET, 2),
        ["SO_BROADCAST"] = (Sockets.SOL_SOCKET, 6),
        ["SO_SNDBUF"] = (Sockets.SOL_SOCKET, 7),
        ["SO_RCVBUF"] = (Sockets.SOL_SOCKET, 8),
        ["SO_SNDLOWAT"] = (Sockets.SOL_SOCKET, 19),
        ["SO_RCVLOWAT"] = (Sockets.SOL_SOCKET, 18),
        ["SO_SNDTIMEO"] = (Sockets.SOL_SOCKET, 21),
        ["SO_RCVTIMEO"] = (Sockets.SOL_SOCKET, 20),
        ["TCP_NODELAY"] = (Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY),
        ["IPTOS_LOWDELAY"] = (IPPROTO_IP, IP_TOS),
        ["IPTOS_THROUGHPUT"] = (IPPROTO_IP, IP_TOS),
    };

    /// <summary>Sets them: NAME (on) or NAME=VALUE, with commas or spaces between. What cannot be set is told, and the rest goes on.</summary>
    public static void Apply(SafeHandle socket, string? list, Action<string>? warn)
    {
        foreach (var item in list?.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var parts = item.Split('=', 2);
            if (!Known.TryGetValue(parts[0], out var option))
            {
                warn?.Invoke($"Unknown socket option {parts[0]}");
                continue;
            }
            var value = parts[0] switch { "IPTOS_LOWDELAY" => 0x10, "IPTOS_THROUGHPUT" => 0x08, _ => 1 };
            if (parts.Length == 2 && !int.TryParse(parts[1], CultureInfo.InvariantCulture, out value))
                value = 0;
            if (Sockets.SetOption(socket, option.Level, option.Name, value) is not Errno.None and var errno)
                warn?.Invoke($"failed to set socket option {parts[0]}: {errno.Describe()} ({(int)errno})");
        }
    }
}
