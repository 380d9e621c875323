using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Destinations;

/// <summary>A directory of this machine, and how it is kept.</summary>
public sealed record LocalDestinationOptions
{
    /// <summary>As the user wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>The directory; made if only its last level is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>What vanished at the source goes at the destination.</summary>
    public bool Delete { get; init; } = true;

    /// <summary>What is mirrored; everything else is kept where it is.</summary>
    public required Selection Selection { get; init; }
}

/// <summary>
/// A directory of this machine: files are cloned or copied inside the kernel under a temporary name and renamed into place.
/// </summary>
public sealed class LocalDestination(LocalDestinationOptions options, IFileSource source) : IDestination
{
    private PinnedDirectory? _root;

    public string Name => options.Name;

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation)
    {
        using var delivery = new LocalDelivery(source, Open().Tree, options, batch, cancellation);
        return delivery.Run();
    }

    public TimeSpan Tend() => Timeout.InfiniteTimeSpan;

    public void Dispose() => _root?.Dispose();

    /// <summary>The directory, which must still be the one at its path: otherwise the copies would go where nobody sees them.</summary>
    private PinnedDirectory Open()
    {
        if (_root is not null)
        {
            if (_root.Verify() is not { } reason)
                return _root;
            _root.Dispose();
            _root = null;
            throw new DestinationException($"{Name}: {reason}", permanent: false, ExitCode.FileIO) { NeedsEverything = true };
        }
        if (!System.IO.Directory.Exists(options.Directory) && Make() is { } failure)
            throw new DestinationException($"{Name}: cannot make the directory: {failure}", permanent: true, ExitCode.FileIO);
        var errno = PinnedDirectory.Open(options.Directory, out _root);
        return errno == Errno.None ? _root!
            : throw new DestinationException($"{Name}: cannot open the directory: {errno.Describe()}", permanent: true, ExitCode.FileIO);
    }

    /// <summary>One level only, as rsync does: a whole missing path is more likely a mistake or a missing mount.</summary>
    private string? Make()
    {
        try
        {
            var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory)));
            if (!System.IO.Directory.Exists(parent))
                return $"{parent} does not exist";
            System.IO.Directory.CreateDirectory(options.Directory);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }
}
