using System.Globalization;

namespace ChangedFiles.Rsync.Transports;

/// <summary>How a place is reached.</summary>
internal enum LocationKind
{
    /// <summary>A path of this machine.</summary>
    Local,

    /// <summary><c>[USER@]HOST:PATH</c>, through a remote shell.</summary>
    Shell,

    /// <summary><c>[USER@]HOST::MODULE/PATH</c> or <c>rsync://[USER@]HOST[:PORT]/MODULE/PATH</c>.</summary>
    Daemon,
}

/// <summary>A source or destination as it is written on a command line.</summary>
/// <param name="Kind">How it is reached.</param>
/// <param name="Path">The path there; at a daemon it begins with the module's name.</param>
/// <param name="Host">Name or address, IPv6 without its brackets; "" where a further source leaves it out.</param>
/// <param name="User">Null without.</param>
/// <param name="Port">0 where none is given.</param>
internal sealed record Location(LocationKind Kind, string Path, string Host = "", string? User = null, int Port = 0)
{
    private const string Scheme = "rsync://";

    /// <summary>The module of a daemon's path; "" asks for the list of modules.</summary>
    public string Module => Path.Split('/', 2)[0];

    /// <summary>The path without the module.</summary>
    public string PathInModule => Path.Split('/', 2) is [_, var rest] ? rest : "";

    /// <summary>Reads an argument. What does not look like a host is a local path: a "/" before the first ":", or no ":".</summary>
    public static Location Parse(string text)
    {
        if (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && TryUrl(text[Scheme.Length..]) is { } url)
            return url;
        if (HostEnd(text, out var user, out var host) is not { } end || end >= text.Length || text[end] != ':')
            return new Location(LocationKind.Local, text);
        var path = text[(end + 1)..];
        return path.StartsWith(':')
            ? new Location(LocationKind.Daemon, path[1..], host, user)
            : new Location(LocationKind.Shell, path, host, user);
    }

    private static Location? TryUrl(string text)
    {
        if (HostEnd(text, out var user, out var host) is not { } end)
            return null;
        var slash = text.IndexOf('/', end);
        var port = slash < 0 ? text[end..] : text[end..slash];
        return PortNumber(port) is { } number
            ? new Location(LocationKind.Daemon, slash < 0 ? "" : text[(slash + 1)..], host, user, number)
            : null;
    }

    /// <summary>As in stock, ":" alone is no port, and of a large number the lowest 16 bits count; null when something else follows.</summary>
    private static int? PortNumber(string text) => text switch
    {
        "" or ":" => 0,
        [':', .. var digits] when uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (ushort)number,
        _ => null,
    };

    /// <summary>Splits <c>[USER@]HOST</c> off the front; null when a "[" is not closed. The result is where it ends.</summary>
    private static int? HostEnd(string text, out string? user, out string host)
    {
        var bracket = -1;
        var start = 0;
        var at = 0;
        for (; at < text.Length && text[at] is not (':' or '/'); at++)
        {
            if (text[at] == '@')
                start = at + 1;
            else if (text[at] == '[' && at == start && (bracket = text.IndexOf(']', at)) > 0)
                at = bracket;
            else if (text[at] == '[' && at == start)
                break;
        }
        user = start > 1 ? text[..(start - 1)] : null;
        host = text[start..at];
        if (host.StartsWith('['))
            host = host.TrimStart('[').TrimEnd(']');
        return at < text.Length && text[at] == '[' ? null : at;
    }
}
