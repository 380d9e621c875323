using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations.Local;

/// <summary>A directory of this machine, and how it is kept.</summary>
public sealed record LocalDestinationOptions : DestinationOptions
{
    /// <summary>The directory; made if only its last level is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>What is mirrored; everything else is kept where it is.</summary>
    public required Selection Selection { get; init; }
}

/// <summary>
/// A directory of this machine: files are cloned or copied inside the kernel under a temporary name and renamed into place.
/// </summary>
public sealed class LocalDestination(LocalDestinationOptions options, IFileSource source) : IDestination
{
    // Names at the top of the destination that renames needed and that could not be removed.
    private readonly HashSet<TreePath> _asides = [];
    private PinnedDirectory? _root;

    public string Name => options.Name;

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation)
    {
        using var delivery = new LocalDelivery(source, (IFileTarget?)Open()?.Tree ?? new MemoryTree(), options, _asides, batch, cancellation);
        return delivery.Run();
    }

    public TimeSpan Tend() => Timeout.InfiniteTimeSpan;

    public void Dispose() => _root?.Dispose();

    /// <summary>
    /// The directory, which must still be the one at its path: otherwise the copies would go where nobody sees them. Null in a dry run when it
    /// is not there yet.
    /// </summary>
    private PinnedDirectory? Open()
    {
        if (_root is not null)
        {
            if (_root.Verify() is not { } reason)
                return _root;
            _root.Dispose();
            _root = null;
            throw new DestinationException($"{Name}: {reason}", permanent: false, ExitCode.FileIO) { NeedsEverything = true };
        }
        if (!Directory.Exists(options.Directory))
        {
            MakeInParent();
            if (options.DryRun)
                return null;
        }
        _root = Pin(options.Directory);
        RefuseOverlap(_root.Tree.Location);
        return _root;
    }

    /// <summary>One level only, as rsync does: a whole missing path is more likely a mistake or a missing mount.</summary>
    private void MakeInParent()
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));
        using (var parent = Pin(Path.GetDirectoryName(path)!))
            RefuseOverlap(Path.Combine(parent.Tree.Location, Path.GetFileName(path)));
        if (options.DryRun)
            return;
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Permanent($"cannot make the directory: {failure.Message}", ExitCode.FileIO);
        }
    }

    private PinnedDirectory Pin(string path)
    {
        var errno = PinnedDirectory.Open(path, out var directory);
        return errno == Errno.None ? directory! : throw Permanent($"cannot open the directory {path}: {errno.Describe()}", ExitCode.FileIO);
    }

    /// <summary>A mirror inside itself would never end, and one around its source would delete it. A destination that is left out of the source is fine.</summary>
    private void RefuseOverlap(string to)
    {
        if (source is not LocalTree { Location: var from })
            return;
        if (IsWithin(from, to))
            throw Permanent($"the destination {to} holds the source {from}, which would be deleted: choose another place", ExitCode.SyntaxOrUsage);
        if (!IsWithin(to, from) || options.Selection.Excludes(TreePath.Parse(Path.GetRelativePath(from, to)), isDirectory: true))
            return;
        throw Permanent(
            $"the destination {to} is inside the source: choose another place, or leave it out with --exclude=/{Path.GetRelativePath(from, to)}/",
            ExitCode.SyntaxOrUsage);
    }

    private static bool IsWithin(string path, string directory) =>
        (path + "/").StartsWith(Path.TrimEndingDirectorySeparator(directory) + "/", StringComparison.Ordinal);

    private DestinationException Permanent(string reason, ExitCode code) => new($"{Name}: {reason}", permanent: true, code);
}
