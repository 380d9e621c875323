using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The paths of a client's command line, sorted into this side and the other.</summary>
/// <param name="Remote">The other side; null when all is local.</param>
/// <param name="Push">With <paramref name="Remote"/>: it is the destination.</param>
/// <param name="Sources">Paths without their hosts.</param>
/// <param name="Destination">Path without its host; null for a listing.</param>
internal sealed record Endpoints(Location? Remote, bool Push, IReadOnlyList<string> Sources, string? Destination)
{
    /// <summary>Reads the paths of a transfer; a single one is a source to list.</summary>
    /// <exception cref="ChangedFiles.Rsync.RsyncException">Sources and destination do not go together.</exception>
    public static Endpoints Parse(IReadOnlyList<string> paths, bool oldArgs)
    {
        var destination = paths.Count > 1 ? Location.Parse(paths[^1]) : null;
        var sources = (paths.Count > 1 ? paths.SkipLast(1) : paths).Select(Location.Parse).ToList();
        if (destination is { Kind: LocationKind.Local, Path: "" } && !oldArgs)
            throw Usage.Syntax("Empty destination arg specified (use \".\" or see --old-args).");
        var first = sources[0];
        if (destination is { Kind: not LocationKind.Local })
        {
            if (first.Kind != LocationKind.Local)
                throw Usage.Syntax("The source and destination cannot both be remote.");
            CheckLocal(sources, paths);
            return new Endpoints(Checked(destination), true, PathsOf(sources), destination.Path);
        }
        if (first.Kind == LocationKind.Local)
        {
            CheckLocal(sources, paths);
            return new Endpoints(null, false, PathsOf(sources), destination?.Path);
        }
        for (var i = 1; i < sources.Count; i++)
            CheckSame(first, sources[i], paths[i]);
        return new Endpoints(Checked(first), false, PathsOf(sources), destination?.Path);
    }

    /// <summary>The value of <c>--files-from</c>: a name here, <c>:NAME</c> at the other side, <c>HOST:NAME</c> at the side of that host.</summary>
    public static FilesFrom FilesFrom(string text)
    {
        var location = Location.Parse(text);
        if (location.Kind == LocationKind.Local)
            return new FilesFrom(text);
        if (location.Path.Length == 0)
            throw Usage.Syntax("Invalid --files-from remote filename");
        return new FilesFrom(location.Path, Remote: true, location.Host.Length == 0 ? null : location.Host);
    }

    /// <summary>Whether the host that files-from names is the one the transfer has.</summary>
    public void Check(FilesFrom? names)
    {
        if (names is not { Remote: true })
            return;
        if (Remote is null)
            throw Usage.Syntax("--files-from cannot be remote when the transfer is local");
        if (names.Host is { } host && host != Remote.Host)
            throw Usage.Syntax("--files-from hostname is not the same as the transfer hostname");
    }

    private static Location Checked(Location remote) =>
        remote.Host.StartsWith('-') ? throw Usage.Syntax("Invalid remote host: hostnames may not start with '-'.") : remote;

    private static void CheckLocal(List<Location> sources, IReadOnlyList<string> texts)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i].Kind != LocationKind.Local)
                throw Usage.Syntax($"Unexpected remote arg: {texts[i]}");
            if (sources[i].Path.Length == 0)
                throw Usage.Syntax("Empty source arg specified.");
        }
    }

    private static void CheckSame(Location first, Location other, string text)
    {
        if (other.Kind == LocationKind.Local)
            throw Usage.Syntax($"Unexpected local arg: {text}\nIf arg is a remote file/dir, prefix it with a colon (:).");
        if (other.Host.Length > 0 && (other.Host != first.Host || other.User != first.User))
            throw Usage.Syntax("All source args must come from the same machine.");
        if (other.Kind != first.Kind)
            throw Usage.Syntax("All source args must use the same hostspec format.");
        if (other.Host.Length > 0 && other.Port != first.Port)
            throw Usage.Syntax("All source args must use the same port number.");
    }

    private static List<string> PathsOf(IEnumerable<Location> sources) => [.. sources.Select(source => source.Path)];
}
