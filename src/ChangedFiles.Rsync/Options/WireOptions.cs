namespace ChangedFiles.Rsync.Options;

/// <summary>The connection itself.</summary>
public sealed record WireOptions
{
    /// <summary>The highest protocol number this implementation speaks.</summary>
    internal const int NewestProtocol = 32;

    /// <summary>The lowest one.</summary>
    internal const int OldestProtocol = 30;

    /// <summary>The default of <see cref="MaxAlloc"/>.</summary>
    internal const long DefaultMaxAlloc = 1L << 30;

    /// <summary><c>--protocol</c>: the highest number offered.</summary>
    public int Protocol { get; init; } = NewestProtocol;

    /// <summary><c>--timeout</c>: seconds without a byte in either direction after which the session ends; 0 waits for ever.</summary>
    public int Timeout { get; init; }

    /// <summary><c>--contimeout</c>: seconds to wait for a daemon's answer; 0 waits for ever.</summary>
    public int Contimeout { get; init; }

    /// <summary><c>--bwlimit</c> in bytes a second, a multiple of 1024; 0 is without limit.</summary>
    public long BwLimit { get; init; }

    /// <summary><c>--max-alloc</c>: bytes a single allocation may have; 0 is without limit; null is 1 GiB.</summary>
    public long? MaxAlloc { get; init; }

    /// <summary>The limit in force, in bytes.</summary>
    internal long AllocLimit => MaxAlloc switch { null => DefaultMaxAlloc, 0 => long.MaxValue, var limit => limit.Value };

    /// <summary><c>RSYNC_CHECKSUM_LIST</c>: the names to negotiate with; null offers all (docs/protocol.md 2.4).</summary>
    public string? ChecksumList { get; init; }

    /// <summary><c>RSYNC_COMPRESS_LIST</c>, likewise.</summary>
    public string? CompressList { get; init; }

    /// <summary><c>-s</c>: the arguments travel in the connection instead of the command line (docs/protocol.md 1.2).</summary>
    public bool SecludedArgs { get; init; }

    /// <summary>
    /// <c>--old-args</c>: the remote shell splits and expands the arguments, as it did before rsync 3.2.4: 1 for paths,
    /// 2 (given twice) also for the values of options.
    /// </summary>
    public int OldArgs { get; init; }

    /// <summary><c>--inc-recursive</c>, <c>--no-i-r</c>; null lets the options decide.</summary>
    public bool? IncRecursive { get; init; }

    /// <summary><c>--qsort</c>: accepted for older peers; makes the file list come in one piece.</summary>
    public bool QSort { get; init; }

    /// <summary><c>--trust-sender</c>: the sender's list is not compared with what was asked for.</summary>
    public bool TrustSender { get; init; }

    /// <summary><c>--stop-at</c>, <c>--stop-after</c>: no file is begun after this moment; null without.</summary>
    public DateTimeOffset? StopAt { get; init; }
}
