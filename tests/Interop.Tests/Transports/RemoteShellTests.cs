using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Transports;

public sealed class RemoteShellTests
{
    [Theory, EachRsync]
    public void A_server_behind_a_pipe_takes_a_batch(RsyncVersion version)
    {
        using var target = new TempDirectory();
        using var source = new TempDirectory();
        LinuxException.ThrowIf(LocalTree.Open(source.Path, out var tree), "open", source.Path);
        using var session = Open($"{version.Program()} --server -logDtpRe.LsfxCIvu . {target.Path}/");
        var result = new PushBatch { Entries = [], Options = TransferOptions.Archive, Source = tree! }.Send(session, TestContext.Current.CancellationToken);
        tree!.Dispose();
        Assert.Equal(ExitCode.Success, result.ExitCode);
    }

    [Theory]
    [InlineData("sh -c 'exit 127'", ExitCode.CommandNotFound, "--rsync-path")]
    [InlineData("sh -c 'echo first >&2; echo \"Permission denied (publickey).\" >&2; exit 255'", (ExitCode)255, "first; Permission denied (publickey).")]
    [InlineData("sh -c 'echo Welcome to this host; head -c 4'", ExitCode.ProtocolIncompatibility, "quiet")]
    [InlineData("sh -c 'head -c 4 >/dev/null; echo last words >&2'", ExitCode.ProtocolStream, "last words")]
    [InlineData("no-such-shell", ExitCode.Ipc, "no-such-shell")]
    public void What_goes_wrong_is_told_in_the_words_of_the_shell(string command, ExitCode code, string words)
    {
        var failure = Assert.Throws<RsyncException>(() => Open(command));
        Assert.Equal((code, true), (failure.ExitCode, failure.Message.Contains(words, StringComparison.Ordinal)));
    }

    [Fact]
    public void More_error_text_than_is_kept_stops_nobody()
    {
        var failure = Assert.Throws<RsyncException>(() => Open("sh -c 'head -c 1000000 /dev/zero | tr \\\\0 x >&2; exit 255'"));
        Assert.Equal((ExitCode)255, failure.ExitCode);
    }

    private static Session Open(string command)
    {
        var words = command.Split('\'') is [var start, var script, ..] ? [.. start.TrimEnd().Split(' '), script] : command.Split(' ');
        return Rsync.Transports.RemoteShell.Open(
            new RemoteShellRequest { Words = [.. words.Select(Encoding.UTF8.GetBytes)], Unattended = true }, TestContext.Current.CancellationToken);
    }
}
