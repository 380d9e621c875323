namespace ChangedFiles.Rsync.Options;

/// <summary>How files are written.</summary>
public sealed record WritingOptions
{
    /// <summary><c>--inplace</c>: the file itself is updated. Also implied by append and write-devices.</summary>
    public bool Inplace { get; init; }

    /// <summary><c>--append</c>, <c>--append-verify</c> (docs/protocol.md 7.7).</summary>
    public AppendMode Append { get; init; }

    /// <summary><c>--partial</c>: what arrived of an interrupted file is kept.</summary>
    public bool Partial { get; init; }

    /// <summary><c>--partial-dir</c>: where it is kept; relative means inside each directory; null beside or nowhere.</summary>
    public string? PartialDir { get; init; }

    /// <summary>The directory in force: <c>--delay-updates</c> has one of its own.</summary>
    internal string? EffectivePartialDir => PartialDir ?? (DelayUpdates ? ".~tmp~" : null);

    /// <summary><c>--delay-updates</c>: all files get their final names at the end.</summary>
    public bool DelayUpdates { get; init; }

    /// <summary><c>-b</c></summary>
    public bool Backup { get; init; }

    /// <summary><c>--backup-dir</c>; null keeps backups beside the files.</summary>
    public string? BackupDir { get; init; }

    /// <summary><c>--suffix</c>; null means "~" beside the files and nothing in a backup directory.</summary>
    public string? Suffix { get; init; }

    /// <summary>The suffix in force.</summary>
    internal string BackupSuffix => Suffix ?? (BackupDir is null ? "~" : "");

    /// <summary><c>-T</c>: where temporary files are made; null beside the target.</summary>
    public string? TempDir { get; init; }

    /// <summary><c>-S</c>: runs of zeros become holes.</summary>
    public bool Sparse { get; init; }

    /// <summary><c>--preallocate</c></summary>
    public bool Preallocate { get; init; }

    /// <summary><c>--fsync</c></summary>
    public bool Fsync { get; init; }

    /// <summary><c>--write-devices</c>: data is written into devices.</summary>
    public bool WriteDevices { get; init; }

    /// <summary><c>--copy-devices</c>: devices are read as files.</summary>
    public bool CopyDevices { get; init; }

    /// <summary><c>--remove-source-files</c>: the sender removes what has arrived.</summary>
    public bool RemoveSourceFiles { get; init; }

    /// <summary>It was given as <c>--remove-sent-files</c>, so a server is asked in the same word.</summary>
    internal bool RemoveSentFiles { get; init; }

    /// <summary><c>--mkpath</c>: missing parents of the destination are made.</summary>
    public bool Mkpath { get; init; }

    /// <summary><c>--only-write-batch</c>: file data goes into the client's batch file only; the receiver writes nothing.</summary>
    public bool OnlyWriteBatch { get; init; }
}

/// <summary>Whether data is only added to shorter files.</summary>
public enum AppendMode
{
    None,

    /// <summary><c>--append</c>: what is there is trusted.</summary>
    Append,

    /// <summary><c>--append-verify</c>: what is there is part of the file's checksum.</summary>
    Verify,
}
