namespace ChangedFiles.Rsync.Options;

/// <summary>The words of <c>--info</c>, in rsync's order.</summary>
public enum InfoFlag
{
    Backup,
    Copy,
    Del,
    Flist,
    Misc,
    Mount,
    Name,
    Nonreg,
    Progress,
    Remove,
    Skip,
    Stats,
    Symsafe,
}

/// <summary>The words of <c>--debug</c>, in rsync's order.</summary>
public enum DebugFlag
{
    Acl,
    Backup,
    Bind,
    Chdir,
    Connect,
    Cmd,
    Del,
    Deltasum,
    Dup,
    Exit,
    Filter,
    Flist,
    Fuzzy,
    Genr,
    Hash,
    Hlink,
    Iconv,
    IO,
    Nstr,
    Own,
    Proto,
    Recv,
    Send,
    Time,
}

/// <summary>What each <c>-v</c> switches on.</summary>
public static class Verbosity
{
    /// <summary>More <c>-v</c> than this change nothing.</summary>
    public const int Highest = 5;

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

    /// <summary>
    /// Reads a list as <c>--info</c> takes it (<c>name2,del,stats0,all</c>) on top of <paramref name="levels"/>.
    /// False with the item that is not known.
    /// </summary>
    public static bool TryParse<TFlag>(string list, ref Levels<TFlag> levels, out string unknown)
        where TFlag : struct, Enum
    {
        unknown = "";
        foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryApply(item, ref levels))
                continue;
            unknown = item;
            return false;
        }
        return true;
    }

    private static bool TryApply<TFlag>(string item, ref Levels<TFlag> levels)
        where TFlag : struct, Enum
    {
        var word = item.TrimEnd(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        if (!TryLevel(item[word.Length..], out var level))
            return false;
        var all = word.Equals("all", StringComparison.OrdinalIgnoreCase);
        var none = word.Equals("none", StringComparison.OrdinalIgnoreCase);
        if (!all && !none)
        {
            if (word.Length == 0 || !Enum.TryParse<TFlag>(word, ignoreCase: true, out var flag))
                return false;
            levels = levels.With(flag, level);
            return true;
        }
        foreach (var flag in Enum.GetValues<TFlag>())
            levels = levels.With(flag, none ? 0 : level);
        return true;
    }

    private static bool TryLevel(string digits, out int level)
    {
        level = 1;
        if (digits.Length == 0)
            return true;
        if (!int.TryParse(digits, out level))
            return false;
        level = Math.Min(level, 9);
        return true;
    }

    private static Levels<TFlag> Sum<TFlag>(string[] steps, int verbose)
        where TFlag : struct, Enum
    {
        var levels = default(Levels<TFlag>);
        for (var step = 0; step <= verbose && step < steps.Length; step++)
        {
            if (!TryParse(steps[step], ref levels, out var unknown))
                throw new InvalidOperationException(unknown);
        }
        return levels;
    }
}
