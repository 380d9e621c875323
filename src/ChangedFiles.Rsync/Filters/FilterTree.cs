using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Filters;

/// <summary>Where the names live that are checked: needed for merge files and for rules about absolute paths.</summary>
internal sealed record FilterTree
{
    /// <summary>The tree whose root is the transfer root; per-directory merge files are read from it. Null: there are none to read.</summary>
    public IFileSource? Source { get; init; }

    /// <summary>
    /// The whole file system, or the daemon's module: merge files in directories above the transfer (": /.rsync-filter") are read
    /// from it, and nothing outside it ever is. Null: only inside <see cref="Source"/>.
    /// </summary>
    public IFileSource? Top { get; init; }

    /// <summary>Where the transfer root is below <see cref="Top"/>. Rules with '/' see it before each path.</summary>
    public TreePath Root { get; init; }

    /// <summary>Told of each merge file that is there but cannot be read; the run goes on without its rules.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Told of each rule of a merge file that is left out because no path can be so long.</summary>
    public Action<string>? TooLong { get; init; }
}
