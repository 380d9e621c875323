using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Rsync;

/// <summary>What a command line asks for.</summary>
internal enum InvocationMode
{
    /// <summary>A transfer or a listing.</summary>
    Transfer,

    /// <summary><c>--server</c>: the other end of a client's remote shell.</summary>
    Server,

    /// <summary><c>--daemon</c>, also behind a remote shell.</summary>
    Daemon,

    /// <summary>A text to print: help, version, flags.</summary>
    Print,
}

/// <summary>A command line of <c>changedfiles rsync</c>, understood.</summary>
internal sealed record RsyncInvocation
{
    public InvocationMode Mode { get; init; }

    /// <summary>For <see cref="InvocationMode.Print"/>: what to print on standard output.</summary>
    public string Text { get; init; } = "";

    public TransferOptions Options { get; init; } = new();
    public ReportOptions Report { get; init; } = new();
    public OutputOptions Output { get; init; } = new();
    public ConnectionOptions Connection { get; init; } = new();

    /// <summary>Filter options in order. <c>-C</c> is <see cref="SelectionOptions.CvsExclude"/>.</summary>
    public IReadOnlyList<FilterArgument> Filters { get; init; } = [];

    /// <summary>The rules of <see cref="Filters"/>, with the files they name read.</summary>
    /// <exception cref="FilterException">A rule or a file cannot be read.</exception>
    public FilterRules ReadFilters(TextOutput? text = null)
    {
        // What -v switches on is known to stock too late for its own rules.
        var cautions = Report.Debug[DebugFlag.Filter] > Verbosity.Debug(Report.Verbose)[DebugFlag.Filter];
        var rules = new FilterRulesBuilder
        {
            Paths = Options.Selection.Paths,
            CvsExclude = Options.Selection.CvsExclude,
            DeleteExcluded = Options.Deletion.Excluded,
            PartialDir = Options.Writing.EffectivePartialDir,
            Warning = warning => text?.Error(warning),
            Caution = caution =>
            {
                if (cautions)
                    text?.Info($"[client] {caution}");
            },
        };
        foreach (var filter in Filters)
            filter.AddTo(rules);
        rules.NulDelimited = Options.Selection.From0;
        return rules.Build();
    }

    /// <summary>The other side; null for a local copy or listing.</summary>
    public Location? Remote { get; init; }

    /// <summary>With <see cref="Remote"/>: this side sends.</summary>
    public bool Push { get; init; }

    /// <summary>Source arguments, without their host. At a daemon each begins with the module.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The destination, without its host; null for a listing.</summary>
    public string? Destination { get; init; }

    /// <summary><c>--write-batch</c> or <c>--only-write-batch</c> (see <see cref="WritingOptions.OnlyWriteBatch"/>); null without.</summary>
    public string? WriteBatch { get; init; }

    /// <summary><c>--read-batch</c>; "-" is standard input; null without.</summary>
    public string? ReadBatch { get; init; }

    /// <summary>The command line, and those of its words that are no options.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <inheritdoc cref="Words"/>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>With <see cref="Remote"/>: the words that start the server.</summary>
    public ServerArguments ServerWords => new(Options, Report, Push, Connection.RemoteOptions);

    /// <summary>With <see cref="Remote"/>: the paths at the other side.</summary>
    public IReadOnlyList<string> RemotePaths => Push ? [Destination!] : Sources;

    /// <summary>For <see cref="InvocationMode.Server"/>.</summary>
    public ServerRequest? Server { get; init; }
}
