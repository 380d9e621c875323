using System.Diagnostics;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Commands;

/// <summary><c>changedfiles mirror</c> as a user runs it.</summary>
public sealed class MirrorCommandTests : IDisposable
{
    private readonly TempDirectory _source = new();
    private readonly TempDirectory _target = new();
    private readonly RsyncDaemon _daemon;

    public MirrorCommandTests() => _daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _target.Path));

    [Fact]
    public void No_process_is_started_for_a_change()
    {
        using var trace = new ProcessTrace();
        _source.Write("there", "from the start");
        var start = trace.Trace(ProgramRun.Path, "mirror", _source.Path + "/", _daemon.Url("mod/"));
        start.RedirectStandardOutput = true;
        using var strace = Process.Start(start)!;
        try
        {
            Eventually.SameTrees(_source.Path, _target.Path);
            for (var i = 0; i < 50; i++)
            {
                _source.Write($"d/{i}", $"content {i}");
                Thread.Sleep(5);
            }
            File.Delete(_source["d/7"]);
            Eventually.SameTrees(_source.Path, _target.Path);
            var started = Assert.Single(trace.Started);
            Assert.Contains(ProgramRun.Path, started, StringComparison.Ordinal);
        }
        finally
        {
            strace.Kill(entireProcessTree: true);
            strace.WaitForExit();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dry_run_tells_and_changes_nothing(bool local)
    {
        Differ();
        var before = TreeSnapshot.Of(_target.Path, TreeDetails.Content);
        var destination = local ? _target.Path : _daemon.Url("mod/");

        var run = ProgramRun.Run("mirror", "--dry-run", _source.Path + "/", destination).Checked();

        Assert.True(TreeDiff.Of(before, TreeSnapshot.Of(_target.Path, TreeDetails.Content)).IsEmpty);
        var told = run.Output.Split('\n').Where(line => line.Contains(" would ", StringComparison.Ordinal)).Select(line => line[(destination.Length + 2)..]);
        Assert.Equal(
            ["would delete extraneous", "would send changed", "would send link", "would send new", "would send new/file", "would set attributes of same"],
            told.Where(line => line is not ("would set attributes of ." or "would delete extraneous/file")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_changed_is_named_and_nothing_else(bool local)
    {
        Differ();
        _source.Write("untouched/file", "the same");
        Command.Check("cp", "-a", _source["untouched"], _target.Path);
        var destination = local ? _target.Path : _daemon.Url("mod/");

        var run = ProgramRun.Run("mirror", "--once", "-v", _source.Path + "/", destination).Checked();

        var said = run.Output.Split('\n').Where(line => line.StartsWith(destination, StringComparison.Ordinal)).Select(line => line[(destination.Length + 2)..]);
        Assert.Equal(
            ["changed", "gone extraneous", "gone extraneous/file", "link", "new/", "new/file", "same"],
            said.Where(line => line != "./" && !line.Contains(':', StringComparison.Ordinal) && !line.Contains(',', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Eventually.SameTrees(_source.Path, _target.Path);
    }

    [Fact]
    public void A_single_sync_that_would_delete_too_much_says_so_and_ends()
    {
        _source.Write("kept", "here");
        for (var i = 0; i < 20; i++)
            _target.Write($"{i}", "there");

        var run = ProgramRun.Run("mirror", "--once", "--max-delete=10", _source.Path + "/", _daemon.Url("mod/"));

        Assert.Equal(25, run.ExitCode);
        Assert.Contains("held: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(20, Directory.GetFiles(_target.Path).Length);
    }

    [Fact]
    public void Terminated_it_finishes_what_is_pending()
    {
        _source.Write("there", "from the start");
        var log = _source.Path + ".log";
        using var server = new ServerProcess(log, ProgramRun.Path, "mirror", _source.Path + "/", _daemon.Url("mod/"));
        Eventually.True(() => server.Log.Contains("in sync", StringComparison.Ordinal), "in sync", () => server.Log);
        for (var i = 0; i < 2000; i++)
            _source.Write($"d/{i}", $"content {i}");
        server.End("TERM");
        File.Delete(log);
        Assert.True(TreeDiff.Of(TreeSnapshot.Of(_source.Path, TreeDetails.Content), TreeSnapshot.Of(_target.Path, TreeDetails.Content)).IsEmpty);
    }

    /// <summary>Something of every kind that one sync has to change, and a file that only needs other attributes.</summary>
    private void Differ()
    {
        _source.Write("new/file", "content");
        _source.Write("changed", "here");
        _source.Write("same", "same");
        _source.Symlink("link", "same");
        _target.Write("changed", "there, longer");
        _target.Write("extraneous/file", "goes");
        File.SetUnixFileMode(_target.Write("same", "same"), UnixFileMode.UserRead);
        foreach (var tree in new[] { _source, _target })
            File.SetLastWriteTimeUtc(tree["same"], new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _source.Dispose();
        _target.Dispose();
    }
}
