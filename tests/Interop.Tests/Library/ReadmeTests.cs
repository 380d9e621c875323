using System.Diagnostics;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Library;

/// <summary>The programs of the library's README do what it says.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public ReadmeTests()
    {
        _directory.Write("from/a.txt", "hello\n");
        _directory.Write("from/d/b.txt", "second file\n");
        _directory.Mkdir("to");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_readme_has_the_programs_that_are_tested()
    {
        var readme = File.ReadAllText(Repository.PathOf("src/ChangedFiles.Rsync/README.md"));
        var programs = Programs(File.ReadAllLines(Repository.PathOf("tests/TestKit/ReadmePrograms.cs")));
        Assert.Equal(3, programs.Count);
        Assert.All(programs, program => Assert.Contains(program, readme));
    }

    [Fact]
    public async Task A_program_sends_a_directory_to_a_daemon()
    {
        using var daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _directory["to"]));
        await ReadmePrograms.Push(_directory["from"], daemon.Url("mod/"));
        // A stock receiver puts the times of directories right only when their seconds differ.
        TreeDiff.AssertSame(_directory["from"], _directory["to"], TreeIgnore.DirectoryTimes);
    }

    [Fact]
    public async Task A_program_receives_into_memory()
    {
        using var daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _directory["from"]));
        await ReadmePrograms.Memory(daemon.Url("mod/"));
    }

    [Fact]
    public async Task A_program_serves_a_stock_client_over_a_stream()
    {
        // The client's remote shell is two pipes that lead to the program.
        var (up, down) = (_directory["up"], _directory["down"]);
        Command.Check("mkfifo", up, down);
        var shell = _directory.Write("shell", $"#!/bin/sh\nexec 3<&0\ncat <&3 >{up} &\nexec cat {down}\n");
        File.SetUnixFileMode(shell, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var program = RsyncVersion.Installed.Program();
        var client = Task.Run(() => Command.Run(new ProcessStartInfo(
            program, ["-a", "--no-i-r", "-e", shell, _directory["from"] + "/", $"host:{_directory["to"]}/"])));
        await using (var stream = new TwoWayStream(File.OpenRead(up), File.OpenWrite(down)))
            await ReadmePrograms.Serve(stream, _directory["to"] + "/");
        (await client).Checked();
        TreeDiff.AssertSame(_directory["from"], _directory["to"]);
    }

    private static List<string> Programs(string[] lines)
    {
        var programs = new List<string>();
        List<string>? current = null;
        foreach (var line in lines.Select(line => line.Length > 8 ? line[8..] : line.Trim()))
        {
            if (line.StartsWith("// program", StringComparison.Ordinal))
                current = [];
            else if (line == "// end")
                programs.Add(string.Join('\n', current!));
            else
                current?.Add(line);
        }
        return programs;
    }
}
