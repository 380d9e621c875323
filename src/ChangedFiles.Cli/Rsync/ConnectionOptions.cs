using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Rsync;

/// <summary>How the other side is reached.</summary>
internal sealed record ConnectionOptions
{
    /// <summary><c>-e</c>, or <c>RSYNC_RSH</c>: the remote shell's command, split by <see cref="RemoteShellCommand"/>; null if neither was given.</summary>
    public string? Rsh { get; init; }

    /// <summary>The shell was named by <c>-e</c>: daemons are reached through it too (docs/protocol.md 1.9).</summary>
    public bool ShellToDaemon { get; init; }

    /// <summary><c>--rsync-path</c>: the remote program, for the remote shell as it is.</summary>
    public string RsyncPath { get; init; } = "rsync";

    /// <summary><c>-M</c>: options for the remote side only.</summary>
    public IReadOnlyList<string> RemoteOptions { get; init; } = [];

    /// <summary><c>--password-file</c>; "-" is standard input; null without.</summary>
    public string? PasswordFile { get; init; }

    /// <summary><c>RSYNC_PASSWORD</c>; null without.</summary>
    public string? Password { get; init; }

    /// <summary><c>--address</c>: the local address of the connection; null is any.</summary>
    public string? Address { get; init; }

    /// <summary><c>--sockopts</c></summary>
    public string? SockOpts { get; init; }

    /// <summary><c>--early-input</c>: a file whose content goes to the daemon ahead of everything.</summary>
    public string? EarlyInput { get; init; }

    /// <summary><c>-4</c> (4), <c>-6</c> (6), or either (0).</summary>
    public int IPVersion { get; init; }

    /// <summary><c>--no-motd</c></summary>
    public bool NoMotd { get; init; }

    /// <summary><c>RSYNC_PROXY</c>: <c>[user:password@]host:port</c> of a web proxy to a daemon; null without.</summary>
    public string? Proxy { get; init; }

    /// <summary><c>RSYNC_CONNECT_PROG</c>: a program to run instead of connecting to a daemon; <c>%H</c> is the host; null without.</summary>
    public string? ConnectProgram { get; init; }

    /// <summary><c>RSYNC_SHELL</c>: the shell that runs <see cref="ConnectProgram"/>; null is /bin/sh.</summary>
    public string? ConnectShell { get; init; }

    /// <summary>Nobody is there to read or answer: what the remote shell says goes into the failure's text.</summary>
    public bool Unattended { get; init; }
}
