using System.Diagnostics;
using System.Globalization;

namespace ChangedFiles.TestKit;

/// <summary>
/// A program that runs until it is told to stop, in a session of its own, with its output in a log file. It dies with
/// the process that runs the tests, however that ends: a shell between them waits on a pipe from here and then kills the whole group.
/// </summary>
public sealed class ServerProcess : IDisposable
{
    private const string Script =
        """
        log=$1; shift
        "$@" </dev/null >>"$log" 2>&1 &
        echo $!
        exec >/dev/null 2>&1
        read -r _
        kill -KILL 0
        """;

    private readonly Process _shell;
    private bool _disposed;

    public ServerProcess(string logPath, string program, params IEnumerable<string> arguments)
    {
        LogPath = logPath;
        _shell = Process.Start(new ProcessStartInfo("setsid", ["bash", "-c", Script, "server", logPath, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Pid = int.Parse(_shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>The program itself, not what it forked.</summary>
    public int Pid { get; }

    /// <summary>Where its standard output and error go.</summary>
    public string LogPath { get; }

    public string Log => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    public bool IsRunning => ProcessTable.IsRunning(Pid);

    /// <summary>Sends a signal, named as kill(1) names it, to the program alone.</summary>
    public void Signal(string name) => Command.Run("bash", "-c", "kill -$0 $1", name, $"{Pid}");

    /// <summary>Sends the signal and waits until the program has ended; what it forked may live on.</summary>
    public void End(string signal)
    {
        Signal(signal);
        Eventually.True(() => !IsRunning, $"{Pid} ends after SIG{signal}", () => Log);
    }

    /// <summary>Kills the program and everything that it started, and waits until all of it is gone.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        var all = ProcessTable.Family(_shell.Id);
        // Those in other sessions first: they are found through parents that the shell's end would take away.
        Command.Run("bash", ["-c", "kill -KILL \"$@\"", "kill", .. all.Where(pid => pid != _shell.Id).Select(pid => $"{pid}")]);
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        Eventually.True(() => !all.Any(ProcessTable.IsRunning), "every process of the server is gone");
    }
}
