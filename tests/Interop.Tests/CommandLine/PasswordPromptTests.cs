using System.Diagnostics;
using System.Text;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>The question for a password, at a terminal.</summary>
public sealed class PasswordPromptTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("right", 0)]
    [InlineData("wrong", 5)]
    public async Task A_password_is_asked_for_and_not_shown(string password, int code)
    {
        Privileges.NeedsProgram("script");
        _directory.Write("src/file", "text");
        _directory.Write("secrets", "me:right\n");
        File.SetUnixFileMode(_directory["secrets"], UnixFileMode.UserRead);
        _directory.Write("conf", $"use chroot = no\n[m]\npath = {_directory["src"]}\nauth users = me\nsecrets file = {_directory["secrets"]}\n"
            + (Privileges.IsRoot ? "uid = 0\n" : ""));
        var line = $"{ProgramRun.Path} rsync -a rsync://me@daemon.example/m/ {_directory["dst/"]}";
        var start = new ProcessStartInfo("script", ["-qec", line, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["RSYNC_CONNECT_PROG"] = $"rsync --daemon --config={_directory["conf"]}";
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        var next = new char[1];
        while (!shown.ToString().EndsWith("Password: ", StringComparison.Ordinal))
        {
            Assert.True(await process.StandardOutput.ReadAsync(next, TestContext.Current.CancellationToken) > 0, shown.ToString());
            shown.Append(next[0]);
        }
        await process.StandardInput.WriteAsync(password + "\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        shown.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, process.ExitCode);
        // Nor anything that the terminal was told.
        Assert.DoesNotContain('\e', shown.ToString());
        Assert.DoesNotContain(password, shown.ToString(), StringComparison.Ordinal);
        Assert.Equal(code == 0, File.Exists(_directory["dst/file"]));
    }
}
