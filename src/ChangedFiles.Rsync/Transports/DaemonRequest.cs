using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Rsync.Transports;

/// <summary>How a daemon is reached and what is asked of it.</summary>
internal sealed record DaemonRequest
{
    /// <summary>Which module.</summary>
    public required DaemonAddress Address { get; init; }

    /// <summary>The words after the program's name, <c>--server</c> first (docs/protocol.md 1.8); at most 16,000, none empty.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>The words that travel behind the arguments with secluded args (docs/protocol.md 1.2, 1.8), encoded; null without.</summary>
    public byte[]? Secluded { get; init; }

    /// <summary>What goes to the daemon ahead of the module, 1 to 5120 bytes; null for nothing.</summary>
    public byte[]? EarlyInput { get; init; }

    /// <summary>How the TCP connection is made.</summary>
    public TcpOptions Tcp { get; init; } = new();

    /// <summary>A web proxy between, as <c>[user:password@]host:port</c>; null for none.</summary>
    public string? Proxy { get; init; }

    /// <summary>A command, word by word, that stands for the TCP connection: its standard input and output are one socket. Null for none.</summary>
    public IReadOnlyList<byte[]>? ConnectCommand { get; init; }

    /// <summary>For modules that ask for one; null when there is none.</summary>
    public byte[]? Password { get; init; }

    /// <summary>Gives the password when a module asks for one and <see cref="Password"/> is null; null for none.</summary>
    public Func<byte[]?>? AskPassword { get; init; }

    /// <summary>What to negotiate.</summary>
    public NegotiationWishes Wishes { get; init; } = new();

    /// <summary>Highest protocol to speak, 30 to 32.</summary>
    public int Protocol { get; init; } = SessionTerms.MaxProtocol;

    /// <summary>Longest time for the TCP connection, and then for the whole handshake; zero is without limit.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest silence of a daemon that was reached; zero is without limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Receives the message of the day, line by line, in the form of <see cref="ArgumentText"/>, not yet safe to print.</summary>
    public Action<string>? OnMotd { get; init; }
}

/// <summary>
/// What an earlier session with a module showed. With it the next handshake goes out in one flight instead of
/// waiting for each answer: a daemon reads greeting, module and arguments one after the other anyway.
/// </summary>
/// <param name="Greeting">The daemon's first line.</param>
/// <param name="NegotiatesChecksum">It reads a list of checksum names (compat flag 0x080).</param>
internal sealed record KnownDaemon(string Greeting, bool NegotiatesChecksum);
