using System.Text;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Destinations.Local;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Commands;

/// <summary>Bad input, said in one line that tells what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A DEST as rsync users write it, made into a destination.</summary>
internal static class DestinationArgument
{
    /// <summary>
    /// rsync's rule: <c>SRC/</c> mirrors what is in the directory, <c>SRC</c> the directory itself, below DEST under its own name.
    /// </summary>
    public static string OwnName(string source)
    {
        var trimmed = source.TrimEnd('/');
        var name = trimmed[(trimmed.LastIndexOf('/') + 1)..];
        return source.EndsWith('/') || name is "" or "." or ".." ? "" : name;
    }

    /// <summary>Makes the destination that <paramref name="text"/> names.</summary>
    public static DestinationMaker Parse(string text, string ownName, MirrorSettings settings) =>
        Make(text, Location.Parse(text), ownName, settings);

    /// <summary>Makes the destination at <paramref name="location"/>, which people know as <paramref name="text"/>.</summary>
    public static DestinationMaker Make(string text, Location location, string ownName, MirrorSettings settings)
    {
        var make = Plain(text, location, ownName, settings);
        if (settings is not { MaxDelete: { } limit, Delete: true, DryRun: false })
            return make;
        var rehearse = Plain(text, location, ownName, settings with { DryRun = true });
        return (source, selection) => new BrakedDestination(make(source, selection), rehearse(source, selection), limit, source, selection, TimeProvider.System);
    }

    private static DestinationMaker Plain(string text, Location location, string ownName, MirrorSettings settings) =>
        location.Kind switch
        {
            LocationKind.Daemon => Daemon(text, location, ownName, settings),
            LocationKind.Shell => Shell(text, location, ownName, settings),
            _ => Local(text, location.Path, ownName, settings),
        };

    private static DestinationMaker Local(string text, string path, string ownName, MirrorSettings settings)
    {
        return (source, selection) => new LocalDestination(
            new LocalDestinationOptions
            {
                Name = text,
                Directory = System.IO.Path.Combine(path, ownName),
                Delete = settings.Delete,
                DryRun = settings.DryRun,
                NamesChanges = settings.NamesChanges,
                Selection = selection,
            },
            source);
    }

    private static DestinationMaker Daemon(string text, Location location, string ownName, MirrorSettings settings)
    {
        if (location.Module.Length == 0)
            throw new UsageException($"{text}: the module is missing: rsync://host/MODULE/path");
        var address = new DaemonAddress(location.Host, location.Module, location.Port > 0 ? location.Port : settings.Port, location.User);
        var directory = Join(location.Path[location.Module.Length..].Trim('/'), ownName);
        return Rsync(text, () => new DaemonServer(address, directory, Password(settings)), settings);
    }

    private static DestinationMaker Shell(string text, Location location, string ownName, MirrorSettings settings)
    {
        var options = new ShellServerOptions
        {
            Shell = RemoteShellCommand.Split(settings.Rsh),
            User = location.User,
            Host = location.Host,
            RsyncPath = settings.RsyncPath,
            Directory = Join(location.Path, ownName),
        };
        if (options.Shell.Count == 0)
            throw new UsageException("--rsh is empty: name the remote shell's command");
        return Rsync(text, () => new ShellServer(options), settings);
    }

    private static DestinationMaker Rsync(string text, Func<IRsyncServer> server, MirrorSettings settings) => (source, _) => new RsyncDestination(
        new RsyncDestinationOptions
        {
            Name = text,
            Server = server(),
            Delete = settings.Delete,
            DryRun = settings.DryRun,
            NamesChanges = settings.NamesChanges,
            NumericIds = settings.NumericIds,
            Filters = settings.Filters,
            WarmSessions = settings.DryRun ? 0 : 2,
        },
        source);

    private static string Join(string directory, string name) =>
        directory.Length == 0 ? name : name.Length == 0 ? directory : $"{directory.TrimEnd('/')}/{name}";

    private static byte[]? Password(MirrorSettings settings)
    {
        if (settings.PasswordFile is { } file)
            return PasswordFiles.Read(file);
        return Environment.GetEnvironmentVariable("RSYNC_PASSWORD") is { } password ? Encoding.UTF8.GetBytes(password) : null;
    }
}

/// <summary>What of the command line concerns destinations.</summary>
internal sealed record MirrorSettings
{
    public int Port { get; init; } = DaemonAddress.DefaultPort;

    public bool Delete { get; init; } = true;

    public bool DryRun { get; init; }

    /// <summary>Somebody wants to know each name that is changed.</summary>
    public bool NamesChanges { get; init; }

    /// <summary>Null deletes whatever is gone.</summary>
    public DeletionLimit? MaxDelete { get; init; }

    public bool NumericIds { get; init; }

    /// <summary>The remote shell's command line.</summary>
    public string Rsh { get; init; } = RemoteShellCommand.DefaultShell;

    /// <summary>The remote rsync, as the remote shell is to read it.</summary>
    public string RsyncPath { get; init; } = "rsync";

    public string? PasswordFile { get; init; }

    /// <summary>The rules for what is left out, in wire form.</summary>
    public IReadOnlyList<byte[]> Filters { get; init; } = [];
}
