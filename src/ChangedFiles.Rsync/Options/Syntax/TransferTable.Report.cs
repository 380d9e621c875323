namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private static void AddReport(OptionTable<OptionDraft> table)
    {
        table.Flag("verbose", 'v', "say more", draft => Report(draft, r => r with { Verbose = r.Verbose + 1 }));
        table.Flag("no-verbose", '\0', "", draft => Report(draft, r => r with { Verbose = 0 }));
        table.Alias("no-v", "no-verbose");
        table.Flag("quiet", 'q', "say errors only", draft => Report(draft, r => r with { Quiet = true }));
        table.Text("info", '\0', "FLAGS=choose what to say (see --info=help)", (draft, text) => draft.InfoLists.Add(text));
        table.Text("debug", '\0', "FLAGS=choose what to say for debugging (see --debug=help)", (draft, text) => draft.DebugLists.Add(text));
        table.Text("stderr", '\0', "e|a|c=where errors go: each side's stderr, all there, or the client", (draft, text) =>
            Report(draft, r => r with { Stderr = StderrOf(text) }));
        table.Toggle("msgs2stderr", '\0', "", (draft, on) => Report(draft, r => r with { Stderr = on ? StderrMode.All : StderrMode.Client }));
        table.Flag("stats", '\0', "say numbers at the end", draft => Report(draft, r => r with { Stats = true }));
    }

    private static StderrMode StderrOf(string text)
    {
        foreach (var (name, mode) in new[] { ("errors", StderrMode.Errors), ("all", StderrMode.All), ("client", StderrMode.Client) })
        {
            if (text.Length > 0 && name.StartsWith(text, StringComparison.Ordinal))
                return mode;
        }
        throw Usage.Syntax($"--stderr mode \"{text}\" is not one of errors, all, or client");
    }

    private static void Report(OptionDraft draft, Func<ReportOptions, ReportOptions> change) => draft.Report = change(draft.Report);
}
