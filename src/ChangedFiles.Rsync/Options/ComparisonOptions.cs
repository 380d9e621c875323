namespace ChangedFiles.Rsync.Options;

/// <summary>When a file counts as unchanged, and what a changed one is compared with.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Largest <see cref="BlockSize"/> in bytes (docs/protocol.md 7.3).</summary>
    public const int MaxBlockSize = 1 << 17;

    /// <summary><c>-c</c>: contents are compared instead of times.</summary>
    public bool Checksum { get; init; }

    /// <summary><c>--size-only</c></summary>
    public bool SizeOnly { get; init; }

    /// <summary><c>-I</c>: equal size and time do not mean unchanged.</summary>
    public bool IgnoreTimes { get; init; }

    /// <summary><c>-@</c>: times up to this many seconds apart are equal; 0 compares whole seconds, negative also nanoseconds.</summary>
    public int ModifyWindow { get; init; }

    /// <summary><c>--checksum-choice=A[,B]</c> as written, in any case; null lets the two sides negotiate (docs/protocol.md 2.3, 2.4).</summary>
    public string? ChecksumChoice { get; init; }

    /// <summary><c>--checksum-seed</c>; 0 lets the server take one.</summary>
    public int ChecksumSeed { get; init; }

    /// <summary><c>-B</c>: bytes in a block of the delta, 0 chooses by the file's size; at most <see cref="MaxBlockSize"/>.</summary>
    public int BlockSize { get; init; }

    /// <summary><c>-W</c> (true), <c>--no-W</c> (false), or true for a local copy only (null).</summary>
    public bool? WholeFile { get; init; }

    /// <summary><c>-y</c>: 1 looks for a similar name in the directory, 2 also in the alternate directories.</summary>
    public int Fuzzy { get; init; }

    /// <summary>What is done with a match in <see cref="AlternateDirs"/>.</summary>
    public AlternateDest AlternateDest { get; init; }

    /// <summary>The directories of <c>--compare-dest</c>, <c>--copy-dest</c> or <c>--link-dest</c>; at most 20.</summary>
    public IReadOnlyList<string> AlternateDirs { get; init; } = [];
}

/// <summary>What a match in an alternate destination directory is used for. Only one of them can be in force.</summary>
public enum AlternateDest
{
    /// <summary>There are no such directories.</summary>
    None,

    /// <summary><c>--compare-dest</c>: the file is left out of the destination.</summary>
    Compare,

    /// <summary><c>--copy-dest</c>: it is copied.</summary>
    Copy,

    /// <summary><c>--link-dest</c>: it is hard-linked.</summary>
    Link,
}
