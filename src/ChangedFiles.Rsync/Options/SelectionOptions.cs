using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options;

/// <summary>What takes part in the transfer. Filter rules are not options; they travel by themselves (docs/protocol.md 5).</summary>
public sealed record SelectionOptions
{
    /// <summary><c>-r</c></summary>
    public bool Recurse { get; init; }

    /// <summary><c>-d</c> (true), <c>--no-d</c> (false), or as <see cref="TransferOptions.TransfersDirs"/> says (null).</summary>
    public bool? Dirs { get; init; }

    /// <summary><c>-R</c>, or implied by files-from: names keep the path that was given (docs/protocol.md 6.9).</summary>
    public bool Relative { get; init; }

    /// <summary>False with <c>--no-implied-dirs</c>: attributes of the directories above a relative name are not applied.</summary>
    public bool ImpliedDirs { get; init; } = true;

    /// <summary><c>-x</c>: 1 stays on the file system of each source, 2 also leaves out the mount points themselves.</summary>
    public int OneFileSystem { get; init; }

    /// <summary><c>--files-from</c>; null without.</summary>
    public FilesFrom? FilesFrom { get; init; }

    /// <summary><c>-0</c>: names in files that lists or rules are read from end in NUL.</summary>
    public bool From0 { get; init; }

    /// <summary><c>--max-size</c> in bytes; null without.</summary>
    public long? MaxSize { get; init; }

    /// <summary><c>--min-size</c> in bytes; null without.</summary>
    public long? MinSize { get; init; }

    /// <summary><c>-u</c>: files that are newer on the receiving side stay.</summary>
    public bool Update { get; init; }

    /// <summary><c>--existing</c>, <c>--ignore-non-existing</c>: nothing new is made.</summary>
    public bool Existing { get; init; }

    /// <summary><c>--ignore-existing</c>: what is there stays as it is.</summary>
    public bool IgnoreExisting { get; init; }

    /// <summary><c>-m</c></summary>
    public bool PruneEmptyDirs { get; init; }

    /// <summary><c>-C</c>: CVS's ignore rules (docs/protocol.md 5.2).</summary>
    public bool CvsExclude { get; init; }

    /// <summary><c>-L</c>: what a symbolic link leads to, instead of the link.</summary>
    public bool CopyLinks { get; init; }

    /// <summary><c>-k</c>: the same for links to directories.</summary>
    public bool CopyDirlinks { get; init; }

    /// <summary><c>--copy-unsafe-links</c>: the same for links that lead out of the tree.</summary>
    public bool CopyUnsafeLinks { get; init; }

    /// <summary><c>--safe-links</c>: links that lead out of the tree are not made.</summary>
    public bool SafeLinks { get; init; }

    /// <summary><c>--munge-links</c>: links are stored unusable, and sent restored. Of this side only, never sent.</summary>
    public bool MungeLinks { get; init; }

    /// <summary><c>-K</c>: a link to a directory on the receiving side is used as that directory.</summary>
    public bool KeepDirlinks { get; init; }

    /// <summary><c>--insecure-links</c>: links of other users in the paths the operator gives are followed. Of this side only.</summary>
    public bool InsecureLinks { get; init; }

    /// <summary><c>--confine-root</c>: where the operator's paths may resolve to; absolute; null without. Of this side only.</summary>
    public string? ConfineRoot { get; init; }

    /// <summary>How the paths are followed that the operator gives.</summary>
    public OperatorPaths Paths => new(InsecureLinks, ConfineRoot);

    /// <summary>What a named source that does not exist means (docs/protocol.md 6.11).</summary>
    public MissingArgs MissingArgs { get; init; }
}

/// <summary>What a named source that does not exist means.</summary>
public enum MissingArgs
{
    /// <summary>An error text and exit code 23.</summary>
    Report,

    /// <summary><c>--ignore-missing-args</c></summary>
    Ignore,

    /// <summary><c>--delete-missing-args</c>: the name is deleted on the receiving side (docs/protocol.md 10.6).</summary>
    Delete,
}

/// <summary>Where the names of <c>--files-from</c> are read.</summary>
/// <param name="Path">A file name, or "-" for standard input (as server: what the client sends).</param>
/// <param name="Remote">The file is on the other side's host (<c>:PATH</c> or <c>HOST:PATH</c>).</param>
/// <param name="Host">The host that was named with it, which must be the transfer's own; null without.</param>
public sealed record FilesFrom(string Path, bool Remote = false, string? Host = null);
