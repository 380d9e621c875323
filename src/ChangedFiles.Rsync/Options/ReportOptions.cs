namespace ChangedFiles.Rsync.Options;

/// <summary>What a session says of its work: to the user on a client, to the client on a server.</summary>
internal sealed record ReportOptions
{
    /// <summary>How often <c>-v</c> was given.</summary>
    public int Verbose { get; init; }

    /// <summary><c>-q</c></summary>
    public bool Quiet { get; init; }

    /// <summary>The levels in force: those of <c>-v</c>, and what <c>--info</c>, <c>--progress</c>, <c>--stats</c> add or take.</summary>
    public Levels<InfoFlag> Info { get; init; } = Verbosity.Info(0);

    /// <summary>1 for every flag that <c>--info</c> named; only these are said to the other side.</summary>
    public Levels<InfoFlag> InfoNamed { get; init; }

    /// <summary>The levels in force: those of <c>-v</c>, and what <c>--debug</c> adds or takes.</summary>
    public Levels<DebugFlag> Debug { get; init; }

    /// <summary><c>--stats</c></summary>
    public bool Stats { get; init; }

    /// <summary>Which items the generator reports.</summary>
    public Itemize Itemize { get; init; }

    /// <summary>Items are printed in some format.</summary>
    public bool PrintsItems { get; init; }

    /// <summary>The format has <c>%o</c>, the operation.</summary>
    public bool PrintsOperation { get; init; }

    /// <summary>Where texts go.</summary>
    public StderrMode Stderr { get; init; }
}

/// <summary>Which items the generator reports to the sender (docs/protocol.md 7.1).</summary>
internal enum Itemize
{
    /// <summary>Only what the transfer needs.</summary>
    None,

    /// <summary><c>-i</c>: everything that changes.</summary>
    Changes,

    /// <summary><c>-ii</c>: also what stays as it is.</summary>
    All,
}

/// <summary><c>--stderr</c></summary>
internal enum StderrMode
{
    /// <summary>Errors on each side's own stderr where it has one, the rest to the client.</summary>
    Errors,

    /// <summary>Everything on each side's own stderr.</summary>
    All,

    /// <summary>Everything to the client.</summary>
    Client,
}
