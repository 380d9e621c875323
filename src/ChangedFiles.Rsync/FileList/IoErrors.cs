namespace ChangedFiles.Rsync.FileList;

/// <summary>Error bits that travel with lists (docs/protocol.md 11.3).</summary>
internal static class IoErrors
{
    /// <summary>Something that exists may be missing from a list: the receiver stops deleting; exit code 23.</summary>
    public const int General = 1;

    /// <summary>Something vanished during the run: exit code 24.</summary>
    public const int Vanished = 2;

    /// <summary>The limit of deletions was reached: exit code 25.</summary>
    public const int DeletionLimit = 4;

    /// <summary>All bits there are.</summary>
    public const int All = General | Vanished | DeletionLimit;
}
