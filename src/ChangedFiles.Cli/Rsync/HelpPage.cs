using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The help pages, made from the option tables themselves.</summary>
internal static class HelpPage
{
    private const int TextColumn = 25;
    private const int FlagColumn = 11;

    private static readonly (InfoFlag Flag, string Text)[] InfoTexts =
    [
        (InfoFlag.Backup, "backups that are made"),
        (InfoFlag.Copy, "files that are copied on the receiving side"),
        (InfoFlag.Del, "what is deleted on the receiving side"),
        (InfoFlag.Flist, "that the file list is sent or received; 2: its progress"),
        (InfoFlag.Misc, "miscellaneous; 2: more of it"),
        (InfoFlag.Mount, "mount points that are found or skipped"),
        (InfoFlag.Name, "names that are updated; 2: also those that are not"),
        (InfoFlag.Nonreg, "devices, specials and links that are left out (on without -v)"),
        (InfoFlag.Progress, "progress of each file; 2: of the whole run"),
        (InfoFlag.Remove, "files that the sender removes"),
        (InfoFlag.Skip, "files that options leave as they are; 2: more of them"),
        (InfoFlag.Stats, "the last lines of a run; 2 and 3: the statistics"),
        (InfoFlag.Symsafe, "symbolic links that lead out of the tree"),
    ];

    private static readonly (DebugFlag Flag, string Text)[] DebugTexts =
    [
        (DebugFlag.Acl, "ACLs"),
        (DebugFlag.Backup, "backups"),
        (DebugFlag.Bind, "binding of sockets"),
        (DebugFlag.Chdir, "changes of the current directory"),
        (DebugFlag.Connect, "connections"),
        (DebugFlag.Cmd, "commands and options that are issued"),
        (DebugFlag.Del, "deletions"),
        (DebugFlag.Deltasum, "checksums of the delta"),
        (DebugFlag.Dup, "names that come twice"),
        (DebugFlag.Exit, "how the run ends"),
        (DebugFlag.Filter, "decisions of filter rules"),
        (DebugFlag.Flist, "the file list"),
        (DebugFlag.Fuzzy, "the search for similar names"),
        (DebugFlag.Genr, "the generator"),
        (DebugFlag.Hash, "hash tables"),
        (DebugFlag.Hlink, "hard links"),
        (DebugFlag.Iconv, "character sets"),
        (DebugFlag.IO, "input and output"),
        (DebugFlag.Nstr, "what was negotiated"),
        (DebugFlag.Own, "owners and groups"),
        (DebugFlag.Proto, "the protocol number"),
        (DebugFlag.Recv, "the receiver"),
        (DebugFlag.Send, "the sender"),
        (DebugFlag.Time, "setting of times"),
    ];

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
    public static string Info => Flags("info", InfoTexts, Verbosity.InfoStep);

    /// <summary><c>--debug=help</c></summary>
    public static string Debug => Flags("debug", DebugTexts, Verbosity.DebugStep);

    private static string Flags<TFlag>(string option, (TFlag Flag, string Text)[] flags, Func<int, string> step)
        where TFlag : struct, Enum
    {
        const int HighestStep = 5;
        var page = new StringBuilder("Use FLAG or FLAG1 for level 1, FLAG2 for level 2, and so on; FLAG0 silences.\n\n");
        foreach (var (flag, text) in flags)
            page.Append(flag.ToString().ToUpperInvariant().PadRight(FlagColumn)).Append(text).Append('\n');
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
