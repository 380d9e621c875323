namespace ChangedFiles.Rsync.Options;

/// <summary>What is removed on the receiving side (docs/protocol.md 10).</summary>
public sealed record DeletionOptions
{
    /// <summary>When extraneous files are deleted.</summary>
    public DeleteMode Mode { get; init; }

    /// <summary><c>--delete-excluded</c>: filter rules without a side do not protect.</summary>
    public bool Excluded { get; init; }

    /// <summary><c>--force</c>: a non-empty directory may make room for something else.</summary>
    public bool Force { get; init; }

    /// <summary><c>--ignore-errors</c>: I/O errors do not stop deletion.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary><c>--max-delete</c>: deletions after this many are skipped; 0 only warns; null without limit.</summary>
    public int? MaxDelete { get; init; }

    /// <summary>The moment in force: an unspecified one is decided by the protocol number.</summary>
    internal DeleteMode ModeFor(int protocol) =>
        Mode != DeleteMode.Unspecified ? Mode : protocol < 30 ? DeleteMode.Before : DeleteMode.During;
}

/// <summary>When extraneous files are deleted.</summary>
public enum DeleteMode
{
    /// <summary>Never.</summary>
    None,

    /// <summary><c>--delete</c> or <c>--delete-excluded</c> alone: <see cref="During"/>, or <see cref="Before"/> below protocol 30.</summary>
    Unspecified,

    /// <summary><c>--delete-before</c></summary>
    Before,

    /// <summary><c>--delete-during</c>, <c>--del</c></summary>
    During,

    /// <summary><c>--delete-delay</c>: found during, done after.</summary>
    Delay,

    /// <summary><c>--delete-after</c></summary>
    After,
}
