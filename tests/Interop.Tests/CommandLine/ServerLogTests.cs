using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary><c>-M--log-file</c>: what the other end of a remote shell writes down.</summary>
public sealed class ServerLogTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("src/", "host:dst/")]
    [InlineData("host:src/", "dst/")]
    public void It_is_what_stock_writes(string source, string destination)
    {
        _directory.Write("src/file", "text");
        _directory.Write("src/deep/other", "more");
        _directory.Symlink("src/link", "file");
        using var shell = new RemoteShell();
        var ours = $"{ProgramRun.Path} rsync";
        var told = new List<string>();
        foreach (var program in (string[])["rsync", ours])
        {
            var log = _directory[$"log{told.Count}"];
            Command.Check("rm", "-rf", _directory["dst"]);
            Command.Check("rsync", "-rlv", "-e", shell.Command, $"--rsync-path={program}", $"-M--log-file={log}", "-M--log-file-format=%o %i %n%L",
                At(source), At(destination));
            told.Add(Told(log));
        }
        Assert.Contains("deep/other", told[0], StringComparison.Ordinal);
        Assert.Equal(told[0], told[1]);
    }

    private string At(string path) => path.StartsWith("host:", StringComparison.Ordinal) ? "host:" + _directory[path[5..]] : _directory[path];

    /// <summary>Without times and processes, and without the bytes that were moved.</summary>
    private static string Told(string log) => string.Join('\n', File.ReadLines(log)
        .Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..])
        .Where(line => !line.StartsWith(" sent", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal));
}
