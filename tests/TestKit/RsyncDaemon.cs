using System.Globalization;

namespace ChangedFiles.TestKit;

/// <summary>A real <c>rsync --daemon</c> on a free port of 127.0.0.1, with its configuration and log in a temporary directory.</summary>
public sealed class RsyncDaemon : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RsyncVersion _version;
    private ServerProcess _server;

    /// <summary>Starts it and waits until it answers. Skips the test when this version is not on the machine.</summary>
    public RsyncDaemon(RsyncVersion version, params IReadOnlyList<RsyncModule> modules)
    {
        _version = version;
        Configure(modules);
        (_server, Port) = LoopbackPort.Start(Launch);
    }

    public int Port { get; }

    /// <summary>The daemon itself; sessions are its children.</summary>
    public int Pid => _server.Pid;

    /// <summary>All that the daemon and its sessions logged so far.</summary>
    public string Log => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    private string LogPath => _directory["log"];

    /// <summary>For example <c>rsync://127.0.0.1:873/mod/dir/</c>, or with a user before the address.</summary>
    public string Url(string path = "", string? user = null) =>
        string.Create(CultureInfo.InvariantCulture, $"rsync://{(user is null ? "" : user + "@")}127.0.0.1:{Port}/{path}");

    /// <summary>Writes a new configuration; the daemon reads it at the next connection.</summary>
    public void Configure(params IReadOnlyList<RsyncModule> modules)
    {
        var head = $"pid file = {_directory["pid"]}\nlock file = {_directory["lock"]}\nlog file = {LogPath}\n";
        _directory.Write("rsyncd.conf", head + string.Concat(modules.Select(module => module.Configuration(_directory.Path))));
    }

    /// <summary>Ends the daemon as an administrator would; open sessions live on.</summary>
    public void Stop() => _server.End("TERM");

    /// <summary>Kills the daemon and all its sessions in the middle of whatever they do.</summary>
    public void Kill() => _server.Dispose();

    /// <summary>Starts it again on the same port, after <see cref="Stop"/> or <see cref="Kill"/>.</summary>
    public void Restart()
    {
        _server.Dispose();
        File.Delete(_directory["pid"]);
        _server = Launch(Port);
        LoopbackPort.WaitFor(_server, Port);
    }

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    private ServerProcess Launch(int port) =>
        new(_directory["output"], _version.Program(), "--daemon", "--no-detach", $"--config={_directory["rsyncd.conf"]}",
            "--address=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"));
}
