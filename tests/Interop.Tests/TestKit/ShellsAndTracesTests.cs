using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.TestKit;

public sealed class ShellsAndTracesTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory, EachRsync]
    public void Rsync_pushes_through_sshd(RsyncVersion version)
    {
        using var sshd = new Sshd();
        Push(version, sshd.Command, $"{sshd.Host}:");
    }

    [Theory, EachRsync]
    public void Rsync_pushes_through_a_shell_that_drops_the_host(RsyncVersion version)
    {
        using var shell = new RemoteShell();
        Push(version, shell.Command, "ann@anywhere:");
    }

    [Fact]
    public void Every_program_that_a_child_starts_is_counted()
    {
        using var trace = new ProcessTrace();
        Command.Run(trace.Trace("sh", "-c", "echo builtin; true; (env true); env true")).Checked();
        Assert.Equal(5, trace.Started.Count);
    }

    [Fact]
    public void A_server_dies_with_all_it_started()
    {
        var server = new ServerProcess(_temp["log"], "sh", "-c", "setsid sleep 1000 & sleep 1000 & echo ready; wait");
        Eventually.Equal("ready\n", () => server.Log);
        Eventually.Equal(3, () => ProcessTable.Family(server.Pid).Count);
        var family = ProcessTable.Family(server.Pid);

        server.Dispose();

        Assert.DoesNotContain(family, ProcessTable.IsRunning);
    }

    private void Push(RsyncVersion version, string shell, string host)
    {
        _temp.Write("src/with space", "content");
        version.Run("-a", "-e", shell, "--rsync-path", version.Program(), _temp["src/"], $"{host}{_temp["dst"]}/").Checked();
        TreeDiff.AssertSame(_temp["src"], _temp["dst"], TreeIgnore.Times);
    }
}
