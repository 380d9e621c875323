using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Commands;

/// <summary>What <c>changedfiles mirror</c> says and returns when something is wrong: one line with what, why and what to do.</summary>
public sealed class MirrorFailuresTests : IDisposable
{
    private readonly TempDirectory _source = new();
    private readonly TempDirectory _target = new();

    public MirrorFailuresTests() => _source.Write("d/file", "content");

    [Fact]
    public void A_source_that_is_missing() =>
        Expect(Once(_source["nothing/"], _target.Path), ExitCode.FileSelection, "cannot open the source directory", "No such file or directory");

    [Fact]
    public void A_source_that_is_a_file() =>
        Expect(Once(_source["d/file"], _target.Path), ExitCode.FileSelection, "cannot open the source directory", "Not a directory");

    [Fact]
    public void A_source_that_may_not_be_read()
    {
        File.SetUnixFileMode(_source.Path, UnixFileMode.None);
        var run = ProgramRun.RunUnprivileged("mirror", "--once", _source.Path + "/", _target.Path);
        File.SetUnixFileMode(_source.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Expect(run, ExitCode.FileSelection, "source directory", "Permission denied");
    }

    [Fact]
    public void A_host_that_nobody_knows() =>
        Expect(Once(_source.Path + "/", "rsync://no-such-host.invalid/mod/"), ExitCode.SocketIO, "no-such-host.invalid", "Name or service not known");

    [Fact]
    public void A_port_where_nobody_listens() =>
        Expect(Once(_source.Path + "/", "rsync://127.0.0.1:1/mod/"), ExitCode.SocketIO, "127.0.0.1:1", "Connection refused");

    [Fact]
    public void A_destination_without_module() =>
        Expect(Once(_source.Path + "/", "rsync://127.0.0.1/"), ExitCode.SyntaxOrUsage, "the module is missing");

    [Theory, EachRsync]
    public void A_module_that_is_not_there(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path));
        Expect(Once(_source.Path + "/", daemon.Url("nomod/")), ExitCode.StartClientServer, "Unknown module 'nomod'");
    }

    [Theory, EachRsync]
    public void A_password_that_is_wrong_or_missing(RsyncVersion version)
    {
        var module = new RsyncModule("mod", _target.Path) { Users = new Dictionary<string, string> { ["me"] = "secret" } };
        using var daemon = new RsyncDaemon(version, module);
        var url = daemon.Url("mod/", user: "me");
        Expect(Once(_source.Path + "/", url), ExitCode.StartClientServer, "--password-file", "RSYNC_PASSWORD");
        var wrong = new Dictionary<string, string> { ["RSYNC_PASSWORD"] = "guess" };
        Expect(ProgramRun.Run(wrong, "mirror", "--once", _source.Path + "/", url), ExitCode.StartClientServer, "auth failed", "password");
        var right = new Dictionary<string, string> { ["RSYNC_PASSWORD"] = "secret" };
        Assert.Equal(0, ProgramRun.Run(right, "mirror", "--once", _source.Path + "/", url).ExitCode);
        Assert.Equal("content", _target.Read("d/file"));
    }

    [Theory, EachRsync]
    public void A_module_that_may_not_be_written(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path) { ["read only"] = "yes" });
        Expect(Once(_source.Path + "/", daemon.Url("mod/")), ExitCode.SyntaxOrUsage, "module is read only");
    }

    [Theory, EachRsync]
    public void A_module_that_refuses_an_option(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path) { ["refuse options"] = "delete" });
        Expect(Once(_source.Path + "/", daemon.Url("mod/")), ExitCode.Unsupported, "refuse", "--delete");
        Assert.Equal(0, ProgramRun.Run("mirror", "--once", "--no-delete", _source.Path + "/", daemon.Url("mod/")).ExitCode);
        Assert.Equal("content", _target.Read("d/file"));
    }

    [Theory, EachRsync]
    public void A_module_that_refuses_what_can_be_done_without(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path) { ["refuse options"] = "timeout hard-links" });
        Assert.Equal(0, ProgramRun.Run("mirror", "--once", _source.Path + "/", daemon.Url("mod/")).ExitCode);
        Assert.Equal("content", _target.Read("d/file"));
    }

    [Theory, EachRsync]
    public void A_daemons_disk_that_is_full(RsyncVersion version)
    {
        using var small = TempMount.Tmpfs("1m");
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", small.Path));
        _source.Write("large", new byte[3 << 20]);
        Expect(Once(_source.Path + "/", daemon.Url("mod/")), ExitCode.FileIO, "No space left on device");
    }

    [Fact]
    public void A_local_disk_that_is_full()
    {
        using var small = TempMount.Tmpfs("1m");
        _source.Write("large", new byte[3 << 20]);
        Expect(Once(_source.Path + "/", small.Path), ExitCode.FileIO, "large", "No space left on device");
    }

    [Theory]
    [InlineData("{0}", "holds the source")]
    [InlineData("{0}/..", "holds the source")]
    [InlineData("{0}/d/new", "inside the source")]
    public void A_destination_that_overlaps_the_source(string place, string words)
    {
        Expect(Once(_source.Path + "/", string.Format(place, _source.Path)), ExitCode.SyntaxOrUsage, words, "choose another place");
        Assert.Equal(["file"], Directory.GetFileSystemEntries(_source["d"]).Select(Path.GetFileName));
    }

    [Theory, EachRsync]
    public void One_file_that_may_not_be_read_keeps_nothing_else_back(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path));
        File.SetUnixFileMode(_source.Write("d/secret", "mine"), UnixFileMode.None);
        var run = ProgramRun.RunUnprivileged("mirror", "--once", _source.Path + "/", daemon.Url("mod/"));
        Expect(run, ExitCode.PartialTransfer, "d/secret: Permission denied");
        Assert.Equal("content", _target.Read("d/file"));
    }

    [Theory, EachRsync]
    public void A_path_too_long_for_the_other_side_keeps_nothing_else_back(RsyncVersion version)
    {
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", _target.Path));
        var level = new string('x', 250);
        Command.Check("bash", "-c", "cd $0; for i in {1..20}; do mkdir $1; cd $1; done; touch deep", _source.Path, level);
        var run = Once(_source.Path + "/", daemon.Url("mod/"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(level, run.Output + run.Error, StringComparison.Ordinal);
        Assert.Equal("content", _target.Read("d/file"));
        Assert.True(File.Exists(_target["d/file"]));
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    private static Command Once(string source, string destination) => ProgramRun.Run("mirror", "--once", source, destination);

    /// <summary>One line must hold all the words.</summary>
    private static void Expect(Command run, ExitCode code, params string[] words)
    {
        Assert.True((ExitCode)run.ExitCode == code, $"expected {code}: {run}");
        var lines = (run.Output + run.Error).Split('\n');
        Assert.True(Array.Exists(lines, line => words.All(line.Contains)), $"no line with {string.Join(" and ", words)}: {run}");
    }
}
