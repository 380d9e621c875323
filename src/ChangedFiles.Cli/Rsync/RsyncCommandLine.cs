using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Rsync;

/// <summary>Reads the command line of <c>changedfiles rsync</c>: rsync's own syntax, options and errors.</summary>
internal static class RsyncCommandLine
{
    /// <summary>Understands a command line.</summary>
    /// <param name="words">Without the program's name, as <see cref="ArgumentText"/>.</param>
    /// <param name="environment">Looks up a variable, for those that stand in for options; null when it is not set.</param>
    /// <param name="umask">A file mode creation mask for <c>--chmod</c>; null for the process's own.</param>
    /// <exception cref="RsyncException">It cannot be understood or asks for what cannot be done. See <see cref="Explain"/>.</exception>
    public static RsyncInvocation Parse(IReadOnlyList<string> words, Func<string, string?> environment, uint? umask = null)
    {
        if (words is ["-h"])
            return new RsyncInvocation { Mode = InvocationMode.Print, Text = HelpPage.Client };
        var server = IsServer(words);
        var draft = new InvocationDraft { Environment = server ? _ => null : environment, Umask = umask, IsServer = server };
        var paths = OptionReader.Read(words, InvocationTable.Create(), draft);
        if (draft.Daemon)
            return ParseDaemon(words);
        if (draft.Text is null && draft.VersionCount > 0)
            draft.Print(draft.VersionCount > 1 ? VersionPage.Json : VersionPage.Text);
        if (draft.Text is { } text)
            return new RsyncInvocation { Mode = InvocationMode.Print, Text = text };
        return server ? FinishServer(draft, paths) : FinishClient(draft, paths) with { Words = words, Paths = paths };
    }

    /// <summary>It is the other end of a client, whatever else it says.</summary>
    public static bool IsServer(IEnumerable<string> words) => words.TakeWhile(word => word != "--").Contains("--server");

    /// <summary>What is said of an error, as rsync has it: the reason, if it has not been said, and the last line with the exit code.</summary>
    /// <param name="error">The error.</param>
    /// <param name="who">client, server, sender, Receiver or generator.</param>
    public static IEnumerable<string> Explain(RsyncException error, string who = "client")
    {
        who = error.Who ?? who;
        if (error is DaemonRefusedException refused)
            yield return refused.Line;
        else if (!error.FromPeer)
            yield return RunOutput.RefusalIn(error.Message) + Reason(error, who);
        // The peer has told its user already how it ended.
        if (error is DaemonRefusedException || !error.FromPeer || error.Stage != SessionStage.Transfer)
            yield return error.ExitCode.LastLine(error.Stage.ToString().ToLowerInvariant(), who, VersionPage.Compatible);
    }

    /// <summary>A whole sentence stands for itself. What the system said has who heard it in front, what ended a connection behind.</summary>
    private static string Reason(RsyncException error, string who) => error.Message switch
    {
        ['[', ..] message => $"rsync: {message}",
        [.., >= '0' and <= '9', ')'] message when error.ExitCode != ExitCode.SyntaxOrUsage || message.Contains("open", StringComparison.Ordinal) =>
            $"rsync: [{who}] {message}",
        var message when error is FilterException || message.Contains("prox", StringComparison.Ordinal) => message,
        [>= 'A' and <= 'Z', ..] message when who != "server" => message,
        var message when message.StartsWith("--files-from ", StringComparison.Ordinal) || message == HelpPage.Client => message.TrimEnd('\n'),
        var message when message.StartsWith("protocol version mismatch", StringComparison.Ordinal) => message,
        var message when error.ExitCode == ExitCode.Unsupported && who != "server" => message,
        var message when message.StartsWith("connection unexpectedly closed", StringComparison.Ordinal) => $"rsync: {message} [{who}]",
        var message when message.StartsWith("io timeout", StringComparison.Ordinal) => $"[{who}] {message}",
        var message => $"rsync: {(who == "server" ? "on remote machine: " : "")}{message.Replace("rsync: ", "", StringComparison.Ordinal)}",
    };

    private static RsyncInvocation ParseDaemon(IReadOnlyList<string> words)
    {
        var draft = new DaemonDraft();
        try
        {
            if (!words.Contains("--daemon"))
                throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.Setup, "Daemon option(s) used without --daemon.");
            OptionReader.Read(words, DaemonDraft.Table(), draft);
        }
        catch (RsyncException e)
        {
            throw Usage.Syntax($"{e.Message}{(words.Contains("--daemon") ? " (in daemon mode)" : "")}\n(Type \"rsync --daemon --help\" for assistance with daemon mode.)");
        }
        return draft.Help
            ? new RsyncInvocation { Mode = InvocationMode.Print, Text = HelpPage.Daemon }
            : new RsyncInvocation { Mode = InvocationMode.Daemon };
    }

    private static RsyncInvocation FinishServer(InvocationDraft draft, List<string> paths)
    {
        if (draft.Selection.FilesFrom is { Host: not null })
            throw Usage.Syntax("The --files-from sent to the server cannot specify a host.");
        var request = draft.FinishRequest(paths);
        if (paths.Count == 0 && !request.SecludedArgsFollow)
            throw NoPaths();
        return new RsyncInvocation
        {
            Mode = InvocationMode.Server,
            Server = request,
            Options = request.Options,
            Report = request.Report,
            Output = draft.Output,
            Connection = draft.Connection,
            Filters = draft.FinishFilters(),
        };
    }

    private static RsyncInvocation FinishClient(InvocationDraft draft, List<string> paths)
    {
        if (draft.Sender)
            throw NoPaths();
        CheckProtocol(draft.Wire.Protocol);
        var endpoints = draft.ReadBatch is null ? FindEndpoints(draft, paths) : BatchEndpoints(draft, paths);
        var (report, output) = draft.FinishOutput();
        var listing = endpoints.Destination is null;
        var options = draft.Finish();
        return new RsyncInvocation
        {
            Options = ForBatch(draft, endpoints, options) with { ListOnly = options.ListOnly || listing },
            Report = report,
            Output = output,
            Connection = FinishConnection(draft, endpoints),
            Filters = draft.FinishFilters(),
            Remote = WithPort(endpoints.Remote, draft.Port),
            Push = endpoints.Push,
            Sources = endpoints.Sources,
            Destination = endpoints.Destination,
            WriteBatch = draft.WriteBatch,
            ReadBatch = draft.ReadBatch,
        };
    }

    /// <summary>A batch file does not say its algorithms: those of old peers are understood, unless others were named.</summary>
    private static TransferOptions ForBatch(InvocationDraft draft, Endpoints endpoints, TransferOptions options) => draft.WriteBatch is null
        ? options
        : options with
        {
            Wire = options.Wire with { ChecksumList = "md5", CompressList = "zlib" },
            Comparison = options.Comparison with { WholeFile = options.Comparison.WholeFile ?? (endpoints.Remote is null ? false : null) },
        };

    private static Endpoints FindEndpoints(InvocationDraft draft, List<string> paths)
    {
        if (paths.Count == 0 || (draft.Selection.FilesFrom is not null && paths.Count != 2))
            throw NoPaths();
        try
        {
            var endpoints = Endpoints.Parse(paths, oldArgs: draft.OldArgs is > 0 || draft.Environment("RSYNC_OLD_ARGS") is { Length: > 0 } and not "0");
            endpoints.Check(draft.Selection.FilesFrom);
            return endpoints;
        }
        catch (RsyncException wrong)
        {
            var sends = Location.Parse(paths[0]).Kind == LocationKind.Local;
            throw new RsyncException(wrong.ExitCode, wrong.Stage, wrong.Message, wrong) { Who = sends ? "sender" : "Receiver" };
        }
    }

    private static Endpoints BatchEndpoints(InvocationDraft draft, List<string> paths)
    {
        if (draft.WriteBatch is not null)
            throw Usage.Syntax("--write-batch and --read-batch can not be used together");
        if (draft.Selection.FilesFrom is not null)
            throw Usage.Syntax("--read-batch cannot be used with --files-from");
        if (draft.Writing.RemoveSourceFiles)
            throw Usage.Syntax("--read-batch cannot be used with --remove-source-files");
        return new Endpoints(null, false, [], paths.Count > 0 ? paths[^1] : ".");
    }

    private static ConnectionOptions FinishConnection(InvocationDraft draft, Endpoints endpoints)
    {
        var connection = draft.Connection;
        var daemon = endpoints.Remote?.Kind == LocationKind.Daemon;
        if (connection.PasswordFile is not null && !daemon)
            throw AtStart(endpoints, "The --password-file option may only be used when accessing an rsync daemon.");
        if (draft.Wire.Contimeout > 0 && !daemon)
            throw AtStart(endpoints, "The --contimeout option may only be used when connecting to an rsync daemon.");
        return connection with
        {
            ShellToDaemon = connection.Rsh is not null,
            Rsh = connection.Rsh ?? draft.Environment("RSYNC_RSH"),
            Password = draft.Environment("RSYNC_PASSWORD"),
            Proxy = draft.Environment("RSYNC_PROXY"),
            ConnectProgram = draft.Environment("RSYNC_CONNECT_PROG"),
            ConnectShell = draft.Environment("RSYNC_SHELL"),
        };
    }

    /// <summary>A client knows by then which side it is.</summary>
    private static RsyncException AtStart(Endpoints endpoints, string text) =>
        new(ExitCode.SyntaxOrUsage, SessionStage.Setup, text) { Who = endpoints.Remote is null || endpoints.Push ? "sender" : "Receiver" };

    private static Location? WithPort(Location? remote, int port) =>
        remote is { Kind: LocationKind.Daemon, Port: 0 } ? remote with { Port = port } : remote;

    private static void CheckProtocol(int protocol)
    {
        if (protocol > WireOptions.NewestProtocol)
            throw Protocol($"--protocol must be no more than {WireOptions.NewestProtocol} on the Client.");
        if (protocol < WireOptions.OldestProtocol)
            throw Protocol($"--protocol must be at least {WireOptions.OldestProtocol} on the Client.");
    }

    private static RsyncException Protocol(string message) => new(ExitCode.ProtocolIncompatibility, SessionStage.Setup, message);

    private static RsyncException NoPaths() => Usage.Syntax(HelpPage.Client);
}
