namespace ChangedFiles.Rsync.Sessions;

/// <summary>What a session did, in the words of <c>rsync --stats</c>. Written by the session's thread; may be read by others as it goes.</summary>
public sealed class TransferStats
{
    /// <summary>Entries in the file lists.</summary>
    public KindCounts Files { get; internal set; }

    /// <summary>No more entries will come.</summary>
    public bool FilesComplete { get; internal set; }

    /// <summary>Entries that the work has come to: the one in work and all before it.</summary>
    public long Checked { get; internal set; }

    /// <summary>Regular files whose data was sent or received.</summary>
    public long FilesTransferred { get; internal set; }

    /// <summary>Bytes of all regular files and symbolic links in the lists.</summary>
    public long TotalSize { get; internal set; }

    /// <summary>Bytes of the files that were transferred.</summary>
    public long TransferredSize { get; internal set; }

    /// <summary>Bytes that went over the wire as they are.</summary>
    public long LiteralData { get; internal set; }

    /// <summary>Bytes that the receiver had already.</summary>
    public long MatchedData { get; internal set; }

    /// <summary>Blocks that were found, windows whose weak sum was that of a block, and those of them that were no block after all.</summary>
    public long Matches { get; internal set; }

    /// <inheritdoc cref="Matches"/>
    public long HashHits { get; internal set; }

    /// <inheritdoc cref="Matches"/>
    public long FalseAlarms { get; internal set; }

    /// <summary>Bytes of file lists.</summary>
    public long FileListSize { get; internal set; }

    /// <summary>Items that were created.</summary>
    public KindCounts Created { get; internal set; }

    /// <summary>Items that were deleted.</summary>
    public KindCounts Deleted { get; internal set; }

    /// <summary>Time that the sender took to make its first list.</summary>
    public TimeSpan FileListGeneration { get; internal set; }

    /// <summary>Time that the first list took to cross.</summary>
    public TimeSpan FileListTransfer { get; internal set; }
}
