namespace ChangedFiles.Rsync.Options;

/// <summary>The <c>--info</c> list for the other side: what the user named and the other side prints (docs/protocol.md 1.4).</summary>
internal static class InfoList
{
    /// <summary>With this many flags at one level, and all named, the list begins with ALL or NONE.</summary>
    private const int Common = 5;

    private static readonly InfoFlag[] Receiver =
    [
        InfoFlag.Backup, InfoFlag.Copy, InfoFlag.Del, InfoFlag.Misc, InfoFlag.Mount,
        InfoFlag.Name, InfoFlag.Nonreg, InfoFlag.Skip, InfoFlag.Stats, InfoFlag.Symsafe,
    ];

    private static readonly InfoFlag[] Sender =
        [InfoFlag.Misc, InfoFlag.Mount, InfoFlag.Name, InfoFlag.Remove, InfoFlag.Stats, InfoFlag.Symsafe];

    /// <summary>The list; "" when there is nothing to say.</summary>
    public static string For(ReportOptions report, bool push)
    {
        if (report.InfoNamed == default)
            return "";
        var flags = push ? Receiver : Sender;
        var named = flags.Where(flag => report.InfoNamed[flag] != 0).ToList();
        var words = new List<string>();
        if (named.Count == flags.Length && named.CountBy(flag => report.Info[flag]).MaxBy(group => group.Value) is { Value: >= Common } most)
        {
            words.Add(most.Key == 0 ? "NONE" : Word("ALL", most.Key));
            named.RemoveAll(flag => report.Info[flag] == most.Key);
        }
        words.AddRange(named.Select(flag => Word(flag.ToString().ToUpperInvariant(), report.Info[flag])));
        return string.Join(',', words);
    }

    private static string Word(string name, int level) => level == 1 ? name : $"{name}{level}";
}
