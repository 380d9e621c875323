namespace ChangedFiles.Rsync.Options;

/// <summary>The words of <c>--info</c>, in rsync's order.</summary>
public enum InfoFlag
{
    /// <summary>Backups that were made.</summary>
    Backup,

    /// <summary>Files that were copied on the receiving side.</summary>
    Copy,

    /// <summary>What is deleted.</summary>
    Del,

    /// <summary>The file list: 1 that it is sent or received; 2 its progress.</summary>
    Flist,

    /// <summary>Miscellaneous.</summary>
    Misc,

    /// <summary>Mount points that were found or skipped.</summary>
    Mount,

    /// <summary>1: what is updated; 2: also what is not.</summary>
    Name,

    /// <summary>Devices, specials and links that are left out.</summary>
    Nonreg,

    /// <summary>1: of each file; 2: of the whole run.</summary>
    Progress,

    /// <summary>What the sender removes.</summary>
    Remove,

    /// <summary>What options leave as it is.</summary>
    Skip,

    /// <summary>1: the last lines of a run; 2 and 3: <c>--stats</c>.</summary>
    Stats,

    /// <summary>Links that lead out of the tree.</summary>
    Symsafe,
}

/// <summary>The words of <c>--debug</c>, in rsync's order.</summary>
public enum DebugFlag
{
    /// <summary>ACLs.</summary>
    Acl,

    /// <summary>Backups.</summary>
    Backup,

    /// <summary>Binding of sockets.</summary>
    Bind,

    /// <summary>The current directory.</summary>
    Chdir,

    /// <summary>Connections.</summary>
    Connect,

    /// <summary>Commands that are started.</summary>
    Cmd,

    /// <summary>Deletions.</summary>
    Del,

    /// <summary>Checksums of the delta.</summary>
    Deltasum,

    /// <summary>Names that come twice.</summary>
    Dup,

    /// <summary>How a run ends.</summary>
    Exit,

    /// <summary>Decisions of filter rules.</summary>
    Filter,

    /// <summary>The file list.</summary>
    Flist,

    /// <summary>The search for similar names.</summary>
    Fuzzy,

    /// <summary>The generator.</summary>
    Genr,

    /// <summary>Hash tables.</summary>
    Hash,

    /// <summary>Hard links.</summary>
    Hlink,

    /// <summary>Character sets.</summary>
    Iconv,

    /// <summary>Input and output.</summary>
    IO,

    /// <summary>What was negotiated.</summary>
    Nstr,

    /// <summary>Owners and groups.</summary>
    Own,

    /// <summary>The protocol number.</summary>
    Proto,

    /// <summary>The receiver.</summary>
    Recv,

    /// <summary>The sender.</summary>
    Send,

    /// <summary>Setting of times.</summary>
    Time,
}

/// <summary>What each <c>-v</c> switches on, and the lists of <c>--info</c> and <c>--debug</c>.</summary>
public static class Verbosity
{
    /// <summary>The highest level a flag can have.</summary>
    public const int HighestLevel = 4;

    private static readonly string[] InfoSteps =
    [
        "NONREG",
        "COPY,DEL,FLIST,MISC,NAME,STATS,SYMSAFE",
        "BACKUP,MISC2,MOUNT,NAME2,REMOVE,SKIP",
    ];

    private static readonly string[] DebugSteps =
    [
        "",
        "",
        "BIND,CONNECT,CMD,DEL,DELTASUM,DUP,FILTER,FLIST,ICONV",
        "ACL,BACKUP,CONNECT2,DEL2,DELTASUM2,EXIT,FILTER2,FLIST2,FUZZY,GENR,OWN,RECV,SEND,TIME",
        "CMD2,DEL3,DELTASUM3,EXIT2,FLIST3,ICONV2,OWN2,PROTO,TIME2",
        "CHDIR,DELTASUM4,FLIST4,FUZZY2,HASH,HLINK",
    ];

    /// <summary>The info levels of <paramref name="verbose"/> times <c>-v</c>.</summary>
    public static Levels<InfoFlag> Info(int verbose) => Sum<InfoFlag>(InfoSteps, verbose);

    /// <summary>The debug levels of <paramref name="verbose"/> times <c>-v</c>.</summary>
    public static Levels<DebugFlag> Debug(int verbose) => Sum<DebugFlag>(DebugSteps, verbose);

    /// <summary>The flags that the <paramref name="step"/>-th <c>-v</c> adds, as <c>--info=help</c> shows them; "" for none.</summary>
    public static string InfoStep(int step) => step < InfoSteps.Length ? InfoSteps[step] : "";

    /// <summary>The same for <c>--debug=help</c>.</summary>
    public static string DebugStep(int step) => step < DebugSteps.Length ? DebugSteps[step] : "";

    /// <summary>Reads a list as <c>--info</c> takes it (<c>name2,del,stats0,all</c>) on top of <paramref name="levels"/>.</summary>
    /// <param name="list">Words in any case, each with a level (none is 1, more than 4 is 4).</param>
    /// <param name="levels">Gets the level of each named flag.</param>
    /// <param name="named">Gets 1 for each named flag.</param>
    /// <param name="unknown">The word that is no flag, when the result is false.</param>
    public static bool TryParse<TFlag>(string list, ref Levels<TFlag> levels, ref Levels<TFlag> named, out string unknown)
        where TFlag : struct, Enum
    {
        unknown = "";
        foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = item.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
            if (word.Length == 0 || !TryFlags<TFlag>(word, out var flags, out var off))
            {
                unknown = word.Length == 0 ? item : word;
                return false;
            }
            var level = off ? 0 : LevelOf(item.AsSpan(word.Length));
            foreach (var flag in flags)
            {
                levels = levels.With(flag, level);
                named = named.With(flag, 1);
            }
        }
        return true;
    }

    private static bool TryFlags<TFlag>(string word, out TFlag[] flags, out bool off)
        where TFlag : struct, Enum
    {
        off = word.Equals("none", StringComparison.OrdinalIgnoreCase);
        flags = Enum.GetValues<TFlag>();
        if (off || word.Equals("all", StringComparison.OrdinalIgnoreCase))
            return true;
        if (!char.IsAsciiLetter(word[0]) || !Enum.TryParse<TFlag>(word, ignoreCase: true, out var flag))
            return false;
        flags = [flag];
        return true;
    }

    private static int LevelOf(ReadOnlySpan<char> digits) =>
        digits.IsEmpty ? 1 : int.TryParse(digits, out var level) ? Math.Min(level, HighestLevel) : HighestLevel;

    private static Levels<TFlag> Sum<TFlag>(string[] steps, int verbose)
        where TFlag : struct, Enum
    {
        Levels<TFlag> levels = default, named = default;
        var lists = string.Join(',', steps.Take(verbose + 1));
        return TryParse(lists, ref levels, ref named, out var unknown) ? levels : throw new InvalidOperationException(unknown);
    }
}
