using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The command line of <c>--daemon</c>. Everything else is in the configuration file.</summary>
internal sealed record DaemonOptions
{
    /// <summary><c>--config</c>; null takes the usual place.</summary>
    public string? Config { get; init; }

    /// <summary><c>--dparam</c>: NAME=VALUE, on top of the file's global part.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    public string? Address { get; init; }

    /// <summary>0 takes the file's or 873.</summary>
    public int Port { get; init; }

    public bool Detach { get; init; } = true;
    public string? LogFile { get; init; }
    public string? LogFileFormat { get; init; }
    public string? SockOpts { get; init; }

    /// <summary>Bytes a second; 0 without limit.</summary>
    public long BwLimit { get; init; }

    public int IPVersion { get; init; }
    public int Verbose { get; init; }

    /// <summary>Also given <c>--server</c>: one connection on standard input and output, behind a remote shell.</summary>
    public bool OnStandardInput { get; init; }
}

/// <summary>A daemon's command line while it is read.</summary>
internal sealed class DaemonDraft : OptionDraft
{
    public DaemonOptions Options { get; set; } = new();
    public bool Help { get; set; }

    public static OptionTable<DaemonDraft> Table()
    {
        var table = new OptionTable<DaemonDraft>();
        table.Flag("daemon", '\0', "run as a daemon", _ => { });
        table.Text("address", '\0', "ADDRESS=listen on this address", (draft, text) => draft.Set(o => o with { Address = text }));
        table.Text("bwlimit", '\0', "RATE=at most this many KiB a second", (draft, text) =>
            draft.Set(o => o with { BwLimit = Numbers.Size("--bwlimit", text, 'k', 512, int.MaxValue * 1024L, unlimited: true) }));
        table.Text("config", '\0', "FILE=the configuration file", (draft, text) => draft.Set(o => o with { Config = text }));
        table.Text("dparam", 'M', "NAME=VALUE=a global parameter", (draft, text) =>
            draft.Set(o => o with { Parameters = [.. o.Parameters, text] }));
        table.Flag("no-detach", '\0', "stay in the foreground", draft => draft.Set(o => o with { Detach = false }));
        table.Flag("detach", '\0', "", draft => draft.Set(o => o with { Detach = true }));
        table.Number("port", '\0', "NUMBER=listen on this port", (draft, number) => draft.Set(o => o with { Port = number }));
        table.Text("log-file", '\0', "FILE=instead of the file's \"log file\"", (draft, text) => draft.Set(o => o with { LogFile = text }));
        table.Text("log-file-format", '\0', "FORMAT=instead of the file's \"log format\"", (draft, text) =>
            draft.Set(o => o with { LogFileFormat = text }));
        table.Text("sockopts", '\0', "LIST=options of the sockets", (draft, text) => draft.Set(o => o with { SockOpts = text }));
        table.Flag("verbose", 'v', "say more", draft => draft.Set(o => o with { Verbose = o.Verbose + 1 }));
        table.Flag("ipv4", '4', "use IPv4", draft => draft.Set(o => o with { IPVersion = 4 }));
        table.Flag("ipv6", '6', "use IPv6", draft => draft.Set(o => o with { IPVersion = 6 }));
        table.Flag("server", '\0', "", draft => draft.Set(o => o with { OnStandardInput = true }));
        table.Flag("help", 'h', "show this page", draft => draft.Help = draft.Done = true);
        return table;
    }

    private void Set(Func<DaemonOptions, DaemonOptions> change) => Options = change(Options);
}
