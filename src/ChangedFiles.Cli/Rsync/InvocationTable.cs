using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The options of the program itself, on top of those that shape a transfer.</summary>
internal static class InvocationTable
{
    public static OptionTable<InvocationDraft> Create()
    {
        var table = new OptionTable<InvocationDraft>();
        table.AddRange(ServerTable.Create().All
            .Where(option => option.Name is not ("info" or "debug" or "rsh" or "files-from" or "out-format" or "log-format" or "only-write-batch"))
            .Select(option => option.For<InvocationDraft>()));
        AddFilters(table);
        AddOutput(table);
        AddConnection(table);
        AddBatches(table);
        AddModes(table);
        return table;
    }

    private static void AddFilters(OptionTable<InvocationDraft> table)
    {
        table.Text("filter", 'f', "RULE=add a filter rule", (draft, text) => draft.AddFilter(FilterOption.Filter, text));
        table.Add(new Option<InvocationDraft>("", 'F', OptionValue.None, (draft, _) => AddPerDirectory(draft),
            "read rules from .rsync-filter files; twice also leave those files out"));
        table.Text("exclude", '\0', "PATTERN=leave out what matches", (draft, text) => draft.AddFilter(FilterOption.Exclude, text));
        table.Text("exclude-from", '\0', "FILE=read such patterns from FILE", (draft, text) => draft.AddFilter(FilterOption.ExcludeFrom, text));
        table.Text("include", '\0', "PATTERN=do not leave out what matches", (draft, text) => draft.AddFilter(FilterOption.Include, text));
        table.Text("include-from", '\0', "FILE=read such patterns from FILE", (draft, text) => draft.AddFilter(FilterOption.IncludeFrom, text));
        table.Text("files-from", '\0', "FILE=read the names of the sources from FILE", (draft, text) => draft.FilesFrom = Endpoints.FilesFrom(text));
    }

    private static void AddOutput(OptionTable<InvocationDraft> table)
    {
        table.Text("info", '\0', "FLAGS=choose what to say (see --info=help)", (draft, text) => AddFlags(draft, draft.InfoLists, text, HelpPage.Info));
        table.Text("debug", '\0', "FLAGS=choose what to say for debugging (see --debug=help)", (draft, text) =>
            AddFlags(draft, draft.DebugLists, text, HelpPage.Debug));
        table.Toggle("itemize-changes", 'i', "say what changes in every item", (draft, on) => draft.ItemizeCount = on ? draft.ItemizeCount + 1 : 0);
        table.Text("out-format", '\0', "FORMAT=say it in this format", (draft, text) => draft.LogFormat = text);
        table.Alias("log-format", "out-format");
        table.Text("log-file", '\0', "FILE=write what is done to FILE", (draft, text) => Print(draft, o => o with { LogFile = text }));
        table.Text("log-file-format", '\0', "FORMAT=in this format", (draft, text) => Print(draft, o => o with { LogFileFormat = text }));
        table.Toggle("progress", '\0', "show progress", (draft, on) => draft.Progress = on);
        table.Add(new Option<InvocationDraft>("", 'P', OptionValue.None, (draft, _) =>
        {
            draft.Progress = true;
            draft.Writing = draft.Writing with { Partial = true };
        }, "the same as --partial --progress"));
        table.Toggle("human-readable", 'h', "numbers with units; twice in units of 1024", (draft, on) =>
            Print(draft, o => o with { HumanReadable = on ? Math.Min(3, o.HumanReadable + 1) : 0 }));
        table.Toggle("8-bit-output", '8', "print names as they are", (draft, on) => Print(draft, o => o with { EightBit = on }));
        table.Text("outbuf", '\0', "N|L|B=buffer the output not, by line or by block", (draft, text) =>
        {
            if (text is not [var letter, ..] || char.ToUpperInvariant(letter) is not ('N' or 'L' or 'B' or 'U' or 'F'))
                throw Usage.Syntax("rsync: Invalid --outbuf setting -- specify N, L, or B.");
            Print(draft, o => o with { OutBuf = char.ToUpperInvariant(letter) switch { 'U' => 'N', 'F' => 'B', var other => other } });
        });
        table.Flag("motd", '\0', "", draft => Connect(draft, c => c with { NoMotd = false }));
        table.Flag("no-motd", '\0', "do not show a daemon's message of the day", draft => Connect(draft, c => c with { NoMotd = true }));
    }

    private static void AddConnection(OptionTable<InvocationDraft> table)
    {
        table.Text("rsh", 'e', "COMMAND=the remote shell", (draft, text) =>
        {
            draft.ClientInfo = text;
            Connect(draft, c => c with { Rsh = text });
        });
        table.Text("rsync-path", '\0', "PROGRAM=the rsync at the other end", (draft, text) => Connect(draft, c => c with { RsyncPath = text }));
        table.Text("remote-option", 'M', "OPTION=an option for the other end only", (draft, text) =>
        {
            if (!text.StartsWith('-'))
                throw Usage.Syntax($"rsync: Remote option must start with a dash: {text}");
            Connect(draft, c => c with { RemoteOptions = [.. c.RemoteOptions, text] });
        });
        table.Text("password-file", '\0', "FILE=read the password for a daemon from FILE", (draft, text) => Connect(draft, c => c with { PasswordFile = text }));
        table.Text("early-input", '\0', "FILE=send FILE ahead to a daemon", (draft, text) => Connect(draft, c => c with { EarlyInput = text }));
        table.Text("address", '\0', "ADDRESS=connect from this address", (draft, text) => Connect(draft, c => c with { Address = text }));
        table.Number("port", '\0', "NUMBER=the port of a daemon", (draft, number) => draft.Port = number);
        table.Text("sockopts", '\0', "LIST=options of the socket", (draft, text) => Connect(draft, c => c with { SockOpts = text }));
        table.Toggle("blocking-io", '\0', "", (_, _) => { });
        table.Flag("ipv4", '4', "use IPv4", draft => Connect(draft, c => c with { IPVersion = 4 }));
        table.Flag("ipv6", '6', "use IPv6", draft => Connect(draft, c => c with { IPVersion = 6 }));
    }

    private static void AddBatches(OptionTable<InvocationDraft> table)
    {
        table.Text("write-batch", '\0', "FILE=also write what is sent to FILE", (draft, text) => draft.WriteBatch = text);
        table.Text("only-write-batch", '\0', "FILE=write it to FILE only", (draft, text) =>
        {
            draft.WriteBatch = text;
            draft.Writing = draft.Writing with { OnlyWriteBatch = true };
        });
        table.Text("read-batch", '\0', "FILE=take what is received from FILE", (draft, text) => draft.ReadBatch = text);
    }

    private static void AddModes(OptionTable<InvocationDraft> table)
    {
        table.Flag("version", 'V', "say the version; twice as JSON", draft => draft.VersionCount++);
        table.Flag("help", '\0', "show this page (-h alone does too)", draft => draft.Print(HelpPage.Client));
        table.Flag("daemon", '\0', "", EnterDaemon);
        table.Flag("detach", '\0', "", EnterDaemon);
        table.Flag("no-detach", '\0', "", EnterDaemon);
        table.Text("config", '\0', "", (draft, _) => EnterDaemon(draft));
        table.Text("dparam", '\0', "", (draft, _) => EnterDaemon(draft));
    }

    /// <summary>The whole command line is read again, as a daemon's.</summary>
    private static void EnterDaemon(InvocationDraft draft) => draft.Daemon = draft.Done = true;

    private static void AddFlags(InvocationDraft draft, List<string> lists, string text, string help)
    {
        if (text.Split(',').Contains("help", StringComparer.OrdinalIgnoreCase))
            draft.Print(help);
        lists.Add(text);
    }

    private static void AddPerDirectory(InvocationDraft draft)
    {
        if (draft.PerDirectoryRules++ < 2)
            draft.AddFilter(FilterOption.Filter, draft.PerDirectoryRules == 1 ? ": /.rsync-filter" : "- .rsync-filter");
    }

    private static void Print(InvocationDraft draft, Func<OutputOptions, OutputOptions> change) => draft.Output = change(draft.Output);

    private static void Connect(InvocationDraft draft, Func<ConnectionOptions, ConnectionOptions> change) =>
        draft.Connection = change(draft.Connection);
}
