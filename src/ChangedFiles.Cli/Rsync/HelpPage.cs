using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The help pages, made from the option tables themselves.</summary>
internal static class HelpPage
{
    private const int TextColumn = 25;

    private static readonly string[] Usages =
    [
        "Usage: rsync [OPTION]... SRC [SRC]... DEST",
        "  or   rsync [OPTION]... SRC [SRC]... [USER@]HOST:DEST",
        "  or   rsync [OPTION]... SRC [SRC]... [USER@]HOST::DEST",
        "  or   rsync [OPTION]... SRC [SRC]... rsync://[USER@]HOST[:PORT]/DEST",
        "  or   rsync [OPTION]... [USER@]HOST:SRC [DEST]",
        "  or   rsync [OPTION]... [USER@]HOST::SRC [DEST]",
        "  or   rsync [OPTION]... rsync://[USER@]HOST[:PORT]/SRC [DEST]",
    ];

    /// <summary><c>--help</c></summary>
    public static string Client
    {
        get
        {
            var page = new StringBuilder(VersionPage.FirstLines).Append('\n');
            page.AppendJoin('\n', Usages).Append('\n')
                .Append("One colon goes through a remote shell, two colons or rsync:// to a daemon, whose paths begin with a module.\n")
                .Append("Most options can be taken back by --no-OPTION.\n\nOptions\n");
            AppendOptions(page, InvocationTable.Create());
            return page.Append("\n\"rsync --daemon --help\" shows the options of a daemon.\n").ToString();
        }
    }

    /// <summary><c>--daemon --help</c></summary>
    public static string Daemon
    {
        get
        {
            var page = new StringBuilder(VersionPage.FirstLines).Append("\nUsage: rsync --daemon [OPTION]...\n\nOptions\n");
            AppendOptions(page, DaemonDraft.Table());
            return page.ToString();
        }
    }

    /// <summary><c>--info=help</c></summary>
    public static string Info => Flags("info", Enum.GetNames<InfoFlag>(), Verbosity.InfoStep);

    /// <summary><c>--debug=help</c></summary>
    public static string Debug => Flags("debug", Enum.GetNames<DebugFlag>(), Verbosity.DebugStep);

    private static string Flags(string option, string[] names, Func<int, string> step)
    {
        const int HighestStep = 5;
        var page = new StringBuilder("Use FLAG or FLAG1 for level 1, FLAG2 for level 2, and so on; FLAG0 silences.\n\n");
        foreach (var name in names)
            page.Append(name.ToUpperInvariant()).Append('\n');
        page.Append($"\nALL        every --{option} flag (also ALL2, ...)\nNONE       silences every --{option} flag\nHELP       shows this page\n");
        page.Append("\nFlags that each level of -v adds:\n");
        for (var level = 0; level <= HighestStep; level++)
        {
            if (step(level).Length > 0)
                page.Append($"{level}) {step(level)}\n");
        }
        return page.ToString();
    }

    private static void AppendOptions<TDraft>(StringBuilder page, OptionTable<TDraft> table)
    {
        foreach (var option in table.All.Where(option => option.Help.Length > 0))
        {
            var equals = option.Value == OptionValue.None ? -1 : option.Help.IndexOf('=', StringComparison.Ordinal);
            var spelling = option.Name.Length == 0 ? $"-{option.Letter}"
                : $"--{option.Name}{(equals < 0 ? "" : "=" + option.Help[..equals])}{(option.Letter == '\0' ? "" : $", -{option.Letter}")}";
            page.Append(spelling.PadRight(TextColumn - 1)).Append(' ').Append(option.Help.AsSpan(equals + 1)).Append('\n');
        }
    }
}
