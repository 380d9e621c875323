namespace ChangedFiles.Rsync.Options.Format;

/// <summary>
/// The texts that users and scripts know from rsync's output, each without an end of line, with the level that asks for it.
/// Names in them are bytes decoded by <see cref="ArgumentText"/>.
/// </summary>
internal static class Messages
{
    /// <summary>A client-sender begins its list: <see cref="InfoFlag.Flist"/> 1, incremental recursion.</summary>
    public const string SendingIncremental = "sending incremental file list";

    /// <summary>A client-receiver waits for one: the same.</summary>
    public const string ReceivingIncremental = "receiving incremental file list";

    /// <summary>The same without incremental recursion; the line stays open until <see cref="Done"/>.</summary>
    public const string Building = "building file list ... ";

    /// <inheritdoc cref="Building"/>
    public const string Receiving = "receiving file list ... ";

    /// <summary>Ends the two above.</summary>
    public const string Done = "done";

    /// <summary>The end of such a list with <see cref="InfoFlag.Flist"/> 2.</summary>
    public static string ToConsider(long files) => $"{files} file{(files == 1 ? "" : "s")} to consider";

    /// <summary>The receiving side made its destination: <see cref="InfoFlag.Name"/> 1, or any item format.</summary>
    public static string CreatedDirectory(string name) => $"created directory {name}";

    /// <summary>The receiving side made several levels (<c>--mkpath</c>).</summary>
    public static string CreatedDirectories(int count, string name) => $"created {count} director{(count == 1 ? "y" : "ies")} for {name}";

    /// <summary><see cref="InfoFlag.Nonreg"/> 1.</summary>
    public static string SkippingNonRegular(string name) => $"skipping non-regular file \"{name}\"";

    /// <summary>A source directory without recursion: always.</summary>
    public static string SkippingDirectory(string name) => $"skipping directory {name}";

    /// <summary>Nothing had to be done: <see cref="InfoFlag.Name"/> 2, when items are not itemized.</summary>
    public static string UpToDate(string name) => $"{name} is uptodate";

    /// <summary>A file that <c>--ignore-existing</c> leaves: <see cref="InfoFlag.Skip"/> 1.</summary>
    /// <param name="name">The file.</param>
    /// <param name="difference">At level 2, how it compares; null below.</param>
    public static string Exists(string name, string? difference = null) => difference is null ? $"{name} exists" : $"{name} exists ({difference})";

    /// <summary>A file that <c>--update</c> leaves: <see cref="InfoFlag.Skip"/> 1.</summary>
    public static string IsNewer(string name) => $"{name} is newer";

    /// <summary>A file that <c>--max-size</c> leaves: <see cref="InfoFlag.Skip"/> 1.</summary>
    public static string OverMaxSize(string name) => $"{name} is over max-size";

    /// <summary>A file that <c>--min-size</c> leaves: <see cref="InfoFlag.Skip"/> 1.</summary>
    public static string UnderMinSize(string name) => $"{name} is under min-size";

    /// <summary>Something new that <c>--existing</c> leaves out: <see cref="InfoFlag.Skip"/> 1.</summary>
    public static string NotCreatingNew(string kind, string name) => $"not creating new {kind} \"{name}\"";

    /// <summary>A link that <c>--safe-links</c> leaves out: <see cref="InfoFlag.Name"/> 1.</summary>
    public static string IgnoringUnsafeLink(string name, string target) => $"ignoring unsafe symlink \"{name}\" -> \"{target}\"";

    /// <summary>A link that is not kept as backup: <see cref="InfoFlag.Symsafe"/> 1.</summary>
    public static string NotBackingUpUnsafeLink(string name, string target) => $"not backing up unsafe symlink \"{name}\" -> \"{target}\"";

    /// <summary>A link that <c>--copy-unsafe-links</c> follows: <see cref="InfoFlag.Symsafe"/> 1.</summary>
    public static string CopyingUnsafeLink(string name, string target) => $"copying unsafe symlink \"{name}\" -> \"{target}\"";

    /// <summary>What the search for blocks came to: <see cref="DebugFlag.Deltasum"/> 1.</summary>
    public static string Matches(Sessions.TransferStats stats) =>
        $"total: matches={stats.Matches}  hash_hits={stats.HashHits}  false_alarms={stats.FalseAlarms} data={stats.LiteralData}";

    /// <summary>Whether blocks are looked for: <see cref="DebugFlag.Flist"/> 1.</summary>
    public static string DeltaTransmission(bool on) => $"delta-transmission {(on ? "enabled" : "disabled for local transfer or --whole-file")}";

    /// <summary>Where backups go: <see cref="InfoFlag.Backup"/> 1.</summary>
    public static string BackupDirectory(string name, bool isNew) => $"{(isNew ? "(new) " : "")}backup_dir is {name}";

    /// <summary><see cref="InfoFlag.Backup"/> 1.</summary>
    public static string BackedUp(string name, string backup) => $"backed up {name} to {backup}";

    /// <summary><see cref="InfoFlag.Remove"/> 1.</summary>
    public static string SenderRemoved(string name) => $"sender removed {name}";

    /// <summary>Deletion was suppressed (docs/protocol.md 10.3): always.</summary>
    public const string SkippingDeletion = "IO error encountered -- skipping file deletion";

    /// <summary>The limit of <c>--max-delete</c> was reached: always.</summary>
    public static string DeletionsStopped(int skipped) => $"Deletions stopped due to --max-delete limit ({skipped} skipped)";

    /// <summary>With <c>-x</c>, a directory of another file system: <see cref="InfoFlag.Mount"/> 1.</summary>
    public static string CannotDeleteMount(string name) => $"cannot delete mount point: {name}";

    /// <summary>With <c>-xx</c>, what is not looked at for the same reason: <see cref="InfoFlag.Mount"/> 1.</summary>
    /// <param name="who">"sender" or "generator".</param>
    /// <param name="name">The directory.</param>
    public static string SkippingMount(string who, string name) => $"[{who}] skipping mount-point dir {name}";

    /// <summary>A directory that is not empty could not be deleted: always.</summary>
    public static string CannotDeleteNonEmpty(string name) => $"cannot delete non-empty directory: {name}";
}
