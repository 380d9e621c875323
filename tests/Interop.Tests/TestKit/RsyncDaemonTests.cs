using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.TestKit;

public sealed class RsyncDaemonTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory, EachRsync]
    public void Serves_a_pull_and_takes_a_push_of_its_own_version(RsyncVersion version)
    {
        _temp.Write("src/dir/file", "content");
        _temp.Symlink("src/link", Privileges.IsRoot ? "../climbs/nowhere" : "nowhere");
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _temp.Mkdir("mod")));

        version.Run("-a", "-@-1", _temp["src/"], daemon.Url("mod/")).Checked();
        version.Run("-a", "-@-1", daemon.Url("mod/"), _temp["back/"]).Checked();

        TreeDiff.AssertSame(_temp["src"], _temp["back"]);
        Assert.Contains("rsync to mod/", daemon.Log);
    }

    [Theory, EachRsync]
    public void Asks_for_a_password_where_users_are_set(RsyncVersion version)
    {
        _temp.Write("mod/file", "content");
        var users = new Dictionary<string, string> { ["ann"] = "secret" };
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _temp["mod"]) { Users = users });

        Assert.Equal(5, Pull(daemon.Url("mod/", "ann"), "wrong"));
        Assert.Equal(0, Pull(daemon.Url("mod/", "ann"), "secret"));

        int Pull(string url, string password) =>
            Command.Run(new(version.Program(), ["-a", url, _temp["back/"]]) { Environment = { ["RSYNC_PASSWORD"] = password } }).ExitCode;
    }

    [Theory, EachRsync]
    public void Starts_again_on_the_same_port(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _temp.Mkdir("mod")));
        daemon.Stop();
        Assert.Equal(10, version.Run(daemon.Url()).ExitCode);

        daemon.Restart();

        Assert.StartsWith("mod", version.Run(daemon.Url()).Checked().Output);
    }

    [Theory, EachRsync]
    public void Leaves_no_process_behind_not_even_of_an_open_session(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _temp.Mkdir("mod")));
        using var session = new System.Net.Sockets.TcpClient("127.0.0.1", daemon.Port);
        Eventually.True(() => ProcessTable.Family(daemon.Pid).Count > 1, "the daemon forks for the session");
        daemon.Stop();
        var orphans = ProcessTable.Family(daemon.Pid);

        daemon.Dispose();

        Assert.DoesNotContain(orphans, ProcessTable.IsRunning);
    }
}
