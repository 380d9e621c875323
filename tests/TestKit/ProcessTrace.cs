using System.Diagnostics;
using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>
/// Runs a program under strace(1) and writes down every program that it, or a child of it, starts.
/// So a test can say that something is done without starting any.
/// </summary>
public sealed class ProcessTrace : IDisposable
{
    private static readonly string[] Filter = ["-e", "trace=execve,execveat", "-e", "status=successful"];

    private readonly TempDirectory _directory = new();

    /// <summary>Skips the test where strace is missing or may not trace.</summary>
    public ProcessTrace()
    {
        Privileges.NeedsProgram("strace");
        var probe = Command.Run("strace", "-qq", "-o", _directory["probe"], "true");
        Assert.SkipWhen(probe.ExitCode != 0, $"needs leave to trace processes: {probe.Error}");
    }

    /// <summary>The execs that succeeded so far, one a line, the program itself first.</summary>
    public IReadOnlyList<string> Started =>
        File.Exists(_directory["trace"]) ? [.. File.ReadLines(_directory["trace"]).Where(line => line.Contains("execve"))] : [];

    /// <summary>How to start the program so that it is traced; its pid is that of the first child.</summary>
    public ProcessStartInfo Trace(string program, params IEnumerable<string> arguments) =>
        new("strace", ["-f", "-qq", "--seccomp-bpf", .. Filter, "-o", _directory["trace"], "--", program, .. arguments]);

    public void Dispose() => _directory.Dispose();
}
