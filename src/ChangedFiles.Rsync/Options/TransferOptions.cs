namespace ChangedFiles.Rsync.Options;

/// <summary>
/// Everything that influences a transfer, in rsync's words and with rsync's defaults: <c>new TransferOptions()</c> is
/// <c>rsync</c> without an option, <see cref="Archive"/> is <c>rsync -a</c>. How it is reported is in <see cref="ReportOptions"/>.
/// Values are as they are in force, after all implications (<c>-a</c> expanded, <c>--files-from</c> applied to recursion, ...).
/// Paths and names are text in the form of <see cref="ArgumentText"/>, which keeps every byte.
/// </summary>
public sealed record TransferOptions
{
    /// <summary><c>rsync -a</c>: <c>-rlptgoD</c>.</summary>
    public static TransferOptions Archive { get; } =
        new() { Preserve = PreserveOptions.Archive, Selection = new SelectionOptions { Recurse = true } };

    /// <summary>Which attributes and kinds of file are kept.</summary>
    public PreserveOptions Preserve { get; init; } = new();

    /// <summary>What takes part in the transfer.</summary>
    public SelectionOptions Selection { get; init; } = new();

    /// <summary>When a file counts as unchanged, and what a changed one is compared with.</summary>
    public ComparisonOptions Comparison { get; init; } = new();

    /// <summary>What is removed on the receiving side.</summary>
    public DeletionOptions Deletion { get; init; } = new();

    /// <summary>How files are written.</summary>
    public WritingOptions Writing { get; init; } = new();

    /// <summary>Compression of file data on the wire.</summary>
    public CompressionOptions Compression { get; init; } = new();

    /// <summary>The connection itself.</summary>
    public WireOptions Wire { get; init; } = new();

    /// <summary><c>-n</c>: nothing is changed, everything is reported.</summary>
    public bool DryRun { get; init; }

    /// <summary>The receiving side prints the file list and ends: <c>--list-only</c>, or a client that was given no destination.</summary>
    public bool ListOnly { get; init; }

    /// <summary><c>--list-only</c> was given by name; a server is then told of it.</summary>
    public bool ListOnlyByName { get; init; }

    /// <summary>
    /// True when directories themselves are sent (rsync's <c>xfer_dirs</c>): <c>-d</c>, or implied by recursion, a listing or files-from.
    /// </summary>
    internal bool TransfersDirs => Selection.Recurse || (Selection.Dirs ?? (ListOnly || Selection.FilesFrom is not null));

    /// <summary>True when times of directories are left alone: <c>-O</c>, or forced on because backups are made beside the files.</summary>
    internal bool OmitsDirTimes => Preserve.OmitDirTimes || Writing is { Backup: true, BackupDir: null };

    /// <summary>
    /// True when the options allow the file list to be sent in pieces (docs/protocol.md 1.5, 2.2). Whether it is, the server says.
    /// </summary>
    /// <param name="receiving">This side is the receiving one; it needs the whole list for some options.</param>
    internal bool AllowsIncrementalRecursion(bool receiving) =>
        Wire.IncRecursive != false
        && Selection.Recurse
        && !Wire.QSort
        && !(receiving && (Deletion.Mode is DeleteMode.Before or DeleteMode.After || Writing.DelayUpdates || Selection.PruneEmptyDirs));
}
