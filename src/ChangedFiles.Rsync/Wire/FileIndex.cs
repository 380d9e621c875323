namespace ChangedFiles.Rsync.Wire;

/// <summary>The special values in place of a file index (docs/protocol.md 4.6).</summary>
internal static class FileIndex
{
    /// <summary>End of a phase or of a list's work.</summary>
    public const int Done = -1;

    /// <summary>No more file lists.</summary>
    public const int ListsEnd = -2;

    /// <summary>Five counts of deletions follow.</summary>
    public const int DeletionCounts = -3;

    /// <summary>This minus k: the list of directory number k follows.</summary>
    public const int ListOffset = -101;
}
