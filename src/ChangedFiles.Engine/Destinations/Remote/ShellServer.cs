using System.Diagnostics;
using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory of another machine, behind a remote shell.</summary>
internal sealed record ShellServerOptions
{
    /// <summary>The remote shell's command, split into words.</summary>
    public IReadOnlyList<string> Shell { get; init; } = ["ssh"];

    /// <summary>Null is the shell's own choice.</summary>
    public string? User { get; init; }

    public required string Host { get; init; }

    /// <summary>The remote rsync, as the remote shell is to read it.</summary>
    public string RsyncPath { get; init; } = "rsync";

    /// <summary>Relative to the user's home unless it begins with a slash; empty is the home itself.</summary>
    public string Directory { get; init; } = "";
}

/// <summary>
/// Starts <c>rsync --server</c> behind a remote shell. Where that is ssh, all sessions share one connection of our own (ControlMaster in a private directory), so that
/// a new session costs a round trip and no key exchange. It ends with this object, or a minute after this process was killed.
/// </summary>
internal sealed class ShellServer : IRsyncServer
{
    // The path of a socket has room for 108 bytes, and ssh makes it under a longer name first.
    private const int MaxSocketPath = 80;

    private readonly ShellServerOptions _options;
    private readonly DirectoryInfo? _private;
    private readonly List<string> _shell;

    public ShellServer(ShellServerOptions options)
    {
        _options = options;
        _shell = [.. options.Shell];
        if (Path.GetFileName(options.Shell[0]) == "ssh")
        {
            _private = Directory.CreateTempSubdirectory("changedfiles-ssh-");
            // What the user's own words say comes first and so counts.
            _shell.AddRange(SshOptions(Path.Combine(_private.FullName, "master")).SelectMany(option => (string[])["-o", option]));
        }
        if (options.User is { } user)
            _shell.AddRange(["-l", user]);
        _shell.Add(options.Host);
    }

    public Session Open(IReadOnlyList<string> words, TreePath below, TimeSpan timeout, CancellationToken cancellation)
    {
        var place = _options.Directory.Length == 0 || _options.Directory.EndsWith('/') ? _options.Directory : _options.Directory + "/";
        if (!below.IsRoot)
            place += Encoding.UTF8.GetString(below.Bytes) + "/";
        List<string> remote = [_options.RsyncPath, .. words.Select(ShellQuoting.Option), ".", ShellQuoting.Option(place.Length == 0 ? "." : place)];
        return RemoteShell.Open(
            new RemoteShellRequest { Words = [.. _shell.Concat(remote).Select(Encoding.UTF8.GetBytes)], Timeout = timeout, Unattended = true }, cancellation);
    }

    public bool IsPermanent(RsyncException failure) => failure.ExitCode is ExitCode.CommandNotFound or ExitCode.CommandNotRunnable or ExitCode.Ipc
        || failure.Message.Contains("Permission denied (", StringComparison.Ordinal)
        || failure.Message.Contains("Host key verification failed", StringComparison.Ordinal);

    public void Dispose()
    {
        if (_private is null)
            return;
        try
        {
            using var end = Process.Start(new ProcessStartInfo(_shell[0], [.. _shell.Skip(1).SkipLast(1), "-O", "exit", _shell[^1]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            end?.WaitForExit(TimeSpan.FromSeconds(2));
            _private.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is SystemException)
        {
            // It ends by itself when nobody has used it for a minute.
        }
    }

    private static IEnumerable<string> SshOptions(string socket)
    {
        // Nobody is there to be asked for a password, and a machine that is gone must not go unnoticed.
        yield return "BatchMode=yes";
        yield return "ConnectTimeout=30";
        yield return "ServerAliveInterval=15";
        if (socket.Length > MaxSocketPath)
            yield break;
        yield return "ControlMaster=auto";
        yield return "ControlPersist=60";
        yield return $"ControlPath={socket}";
    }
}
