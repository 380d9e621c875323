using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The command line of <c>--daemon</c>, of which only the errors and the help page count: there is no daemon here.</summary>
internal sealed class DaemonDraft : OptionDraft
{
    public bool Help { get; set; }

    public static OptionTable<DaemonDraft> Table()
    {
        var table = new OptionTable<DaemonDraft>();
        table.Flag("daemon", '\0', "run as a daemon", Ignore);
        table.Text("address", '\0', "ADDRESS=listen on this address", Ignore);
        table.Text("bwlimit", '\0', "RATE=at most this many KiB a second", (_, text) =>
            Numbers.Size("--bwlimit", text, 'k', 512, int.MaxValue * 1024L, unlimited: true));
        table.Text("config", '\0', "FILE=the configuration file", Ignore);
        table.Text("dparam", 'M', "NAME=VALUE=a global parameter", Ignore);
        table.Flag("no-detach", '\0', "stay in the foreground", Ignore);
        table.Flag("detach", '\0', "", Ignore);
        table.Number("port", '\0', "NUMBER=listen on this port", (_, _) => { });
        table.Text("log-file", '\0', "FILE=instead of the file's \"log file\"", Ignore);
        table.Text("log-file-format", '\0', "FORMAT=instead of the file's \"log format\"", Ignore);
        table.Text("sockopts", '\0', "LIST=options of the sockets", Ignore);
        table.Flag("verbose", 'v', "say more", Ignore);
        table.Flag("ipv4", '4', "use IPv4", Ignore);
        table.Flag("ipv6", '6', "use IPv6", Ignore);
        table.Flag("server", '\0', "", Ignore);
        table.Flag("help", 'h', "show this page", draft => draft.Help = draft.Done = true);
        return table;
    }

    private static void Ignore(DaemonDraft draft)
    {
    }

    private static void Ignore(DaemonDraft draft, string text)
    {
    }
}
