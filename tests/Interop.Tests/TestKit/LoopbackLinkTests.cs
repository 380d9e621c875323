using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.TestKit;

public sealed class LoopbackLinkTests : IDisposable
{
    private const int FileSize = 5_000_000;

    private readonly TempDirectory _temp = new();
    private readonly RsyncDaemon _daemon;
    private readonly LoopbackLink _link;

    public LoopbackLinkTests()
    {
        var content = new byte[FileSize];
        new Random(1).NextBytes(content);
        _temp.Write("src/file", content);
        _daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _temp.Mkdir("mod")));
        _link = new LoopbackLink(_daemon.Port);
    }

    public void Dispose()
    {
        _link.Dispose();
        _daemon.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Counts_connections_and_bytes_of_what_it_passes_on()
    {
        Push().Checked();
        Push().Checked();

        TreeDiff.AssertSame(_temp["src"], _temp["mod"]);
        Assert.Equal(2, _link.Connections);
        Assert.InRange(_link.Sent, FileSize, FileSize + 5000);
        Assert.InRange(_link.Received, 100, 5000);
    }

    [Fact]
    public void Cuts_in_the_middle_and_can_be_repaired()
    {
        _link.CutAfter(FileSize / 2);
        Assert.NotEqual(0, Push().ExitCode);
        Assert.Equal(FileSize / 2, _link.Sent);
        Assert.NotEqual(0, Push().ExitCode);

        _link.Repair();

        Push().Checked();
        TreeDiff.AssertSame(_temp["src"], _temp["mod"]);
    }

    [Fact]
    public void Stalls_without_a_word()
    {
        _link.Stall();
        Assert.Contains(Push("--timeout=1", "--contimeout=1").ExitCode, (int[])[30, 35]);
        _link.Repair();
        Push().Checked();
    }

    private Command Push(params string[] options) =>
        RsyncVersion.Installed.Run(["-a", "-@-1", .. options, _temp["src/"], $"rsync://127.0.0.1:{_link.Port}/mod/"]);
}
