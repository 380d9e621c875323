namespace ChangedFiles.Rsync.Options;

/// <summary>The words of <c>--info</c>, in rsync's order; <c>--info=help</c> says what each is for.</summary>
internal enum InfoFlag
{
    Backup, Copy, Del, Flist, Misc, Mount, Name, Nonreg, Progress, Remove, Skip, Stats, Symsafe,
}

/// <summary>The words of <c>--debug</c>, in rsync's order; <c>--debug=help</c> says what each is for.</summary>
internal enum DebugFlag
{
    Acl, Backup, Bind, Chdir, Connect, Cmd, Del, Deltasum, Dup, Exit, Filter, Flist,
    Fuzzy, Genr, Hash, Hlink, Iconv, IO, Nstr, Own, Proto, Recv, Send, Time,
}

/// <summary>What each <c>-v</c> switches on, and the lists of <c>--info</c> and <c>--debug</c>.</summary>
internal static class Verbosity
{
    /// <summary>The highest level a flag can have.</summary>
    public const int HighestLevel = 4;

    // Flags, not words: looking names of an enum up costs a start 5 ms. Each time a flag is named it rises by one level.
    private static readonly InfoFlag[][] InfoSteps =
    [
        [InfoFlag.Nonreg],
        [InfoFlag.Copy, InfoFlag.Del, InfoFlag.Flist, InfoFlag.Misc, InfoFlag.Name, InfoFlag.Stats, InfoFlag.Symsafe],
        [InfoFlag.Backup, InfoFlag.Misc, InfoFlag.Mount, InfoFlag.Name, InfoFlag.Remove, InfoFlag.Skip],
    ];

    private static readonly DebugFlag[][] DebugSteps =
    [
        [],
        [],
        [
            DebugFlag.Bind, DebugFlag.Connect, DebugFlag.Cmd, DebugFlag.Del, DebugFlag.Deltasum, DebugFlag.Dup, DebugFlag.Filter, DebugFlag.Flist,
            DebugFlag.Iconv,
        ],
        [
            DebugFlag.Acl, DebugFlag.Backup, DebugFlag.Connect, DebugFlag.Del, DebugFlag.Deltasum, DebugFlag.Exit, DebugFlag.Filter, DebugFlag.Flist,
            DebugFlag.Fuzzy, DebugFlag.Genr, DebugFlag.Own, DebugFlag.Recv, DebugFlag.Send, DebugFlag.Time,
        ],
        [
            DebugFlag.Cmd, DebugFlag.Del, DebugFlag.Deltasum, DebugFlag.Exit, DebugFlag.Flist, DebugFlag.Iconv, DebugFlag.Own, DebugFlag.Proto,
            DebugFlag.Time,
        ],
        [DebugFlag.Chdir, DebugFlag.Deltasum, DebugFlag.Flist, DebugFlag.Fuzzy, DebugFlag.Hash, DebugFlag.Hlink],
    ];

    /// <summary>The info levels of <paramref name="verbose"/> times <c>-v</c>.</summary>
    public static Levels<InfoFlag> Info(int verbose) => Sum(InfoSteps, verbose);

    /// <summary>The debug levels of <paramref name="verbose"/> times <c>-v</c>.</summary>
    public static Levels<DebugFlag> Debug(int verbose) => Sum(DebugSteps, verbose);

    /// <summary>The flags that the <paramref name="step"/>-th <c>-v</c> adds, as <c>--info=help</c> shows them; "" for none.</summary>
    public static string InfoStep(int step) => Step(InfoSteps, step);

    /// <summary>The same for <c>--debug=help</c>.</summary>
    public static string DebugStep(int step) => Step(DebugSteps, step);

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
        flags = [];
        if (off || word.Equals("all", StringComparison.OrdinalIgnoreCase))
            flags = Enum.GetValues<TFlag>();
        else if (char.IsAsciiLetter(word[0]) && Enum.TryParse(typeof(TFlag), word, ignoreCase: true, out var flag))
            flags = [(TFlag)flag];
        return flags.Length > 0;
    }

    private static int LevelOf(ReadOnlySpan<char> digits) =>
        digits.IsEmpty ? 1 : int.TryParse(digits, out var level) ? Math.Min(level, HighestLevel) : HighestLevel;

    private static Levels<TFlag> Sum<TFlag>(TFlag[][] steps, int verbose)
        where TFlag : struct, Enum
    {
        Levels<TFlag> levels = default;
        for (var step = 0; step <= verbose && step < steps.Length; step++)
        {
            foreach (var flag in steps[step])
                levels = levels.With(flag, levels[flag] + 1);
        }
        return levels;
    }

    private static string Step<TFlag>(TFlag[][] steps, int step)
        where TFlag : struct, Enum
    {
        var levels = Sum(steps, step);
        return step >= steps.Length ? ""
            : string.Join(',', steps[step].Select(flag => $"{flag}".ToUpperInvariant() + (levels[flag] == 1 ? "" : $"{levels[flag]}")));
    }
}
