using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Transfers;

/// <summary>A tree, a place for its copy, a stock daemon for both, and the two programs.</summary>
internal sealed class Bed : IDisposable
{
    private static readonly string Ours = Repository.PathOf("changedfiles");

    private readonly string _directory;
    private readonly string _source;
    private readonly string _target;
    private readonly string _shell;
    private readonly RsyncDaemon _daemon;

    public Bed(string place)
    {
        _directory = Directory.CreateDirectory(Path.Combine(place, $"changedfiles-bench-{Environment.ProcessId}")).FullName;
        (_source, _target, _shell) = (Path.Combine(_directory, "source"), Path.Combine(_directory, "target"), Path.Combine(_directory, "shell"));
        Directory.CreateDirectory(_target);
        File.WriteAllText(_shell, "#!/bin/sh\nshift\nexec sh -c \"$*\"\n");
        File.SetUnixFileMode(_shell, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("all", _directory));
        // Builds it, where that is needed.
        Command.Check(Ours, "--version");
    }

    /// <summary>The four ways of the goal: push to and pull from a daemon, a pipe to the program's own kind, local.</summary>
    private (string Name, Func<bool, string[]> Arguments)[] Ways =>
    [
        ("push", _ => ["-a", _source + "/", _daemon.Url("all/target/")]),
        ("pull", _ => ["-a", _daemon.Url("all/source/"), _target + "/"]),
        ("pipe", ours => ["-a", "-e", _shell, $"--rsync-path={(ours ? Ours + " rsync" : "rsync")}", _source + "/", $"host:{_target}/"]),
        ("local", _ => ["-a", _source + "/", _target + "/"]),
    ];

    /// <summary>Times one transfer each way.</summary>
    /// <param name="fresh">The copy is removed before each run; else it is there and equal, but for what <paramref name="change"/> did.</param>
    public void Compare(string what, int rounds, Action<string> make, bool fresh, Action<string, int>? change = null)
    {
        Make(make);
        foreach (var (name, arguments) in Ways)
        {
            var times = new[] { new List<double>(), new List<double>() };
            if (!fresh)
                Run(ours: false, ["-a", _source + "/", _target + "/"]);
            for (var round = 0; round < rounds * 2; round++)
            {
                if (fresh)
                    Empty(_target);
                change?.Invoke(_source, round + 1);
                var ours = round % 2 == 0;
                times[round % 2].Add(Time(() => Run(ours, arguments(ours))));
            }
            Print(what, name, Middle(times[0]), Middle(times[1]), "s");
            what = "";
        }
    }

    /// <summary>From starting the program to its first byte at a server.</summary>
    public void FirstByte(int rounds)
    {
        var times = new[] { new List<double>(), new List<double>() };
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"rsync://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/mod/";
        for (var round = 0; round < rounds * 2; round++)
        {
            var clock = Stopwatch.StartNew();
            using var process = Start(round % 2 == 0, "-a", _directory, url);
            using (var socket = listener.AcceptSocket())
            {
                // A server speaks first here, and a client answers.
                socket.Send("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n"u8);
                socket.Receive(new byte[1]);
                times[round % 2].Add(clock.Elapsed.TotalMilliseconds);
            }
            process.Kill();
            process.WaitForExit();
        }
        Print("start to first byte", "push", Middle(times[0]), Middle(times[1]), "ms");
    }

    /// <summary>The largest memory of all processes of a local copy that has nothing to do.</summary>
    public void Memory(Action<string> make)
    {
        Make(make);
        Run(ours: false, ["-a", _source + "/", _target + "/"]);
        Print("memory, 1,000,000 files", "push", Peak(true, Ways[0].Arguments(true)), Peak(false, Ways[0].Arguments(false)), "MB");
        Print("", "pull", Peak(true, Ways[1].Arguments(true)), Peak(false, Ways[1].Arguments(false)), "MB");
    }

    public void Dispose()
    {
        _daemon.Dispose();
        Command.Check("rm", "-rf", _directory);
    }

    private static double Peak(bool ours, params string[] arguments)
    {
        using var process = Start(ours, arguments);
        var peaks = new Dictionary<int, long>();
        while (!process.HasExited)
        {
            foreach (var pid in ProcessTable.Family(process.Id))
            {
                if (HighWater(pid) is var kilobytes and > 0)
                    peaks[pid] = kilobytes;
            }
            Thread.Sleep(5);
        }
        return peaks.Values.Sum() / 1024.0;
    }

    private static long HighWater(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6, line.Length - 9));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void Make(Action<string> make)
    {
        Empty(_source);
        Empty(_target);
        make(_source);
    }

    private static void Empty(string directory)
    {
        Command.Check("rm", "-rf", directory);
        Directory.CreateDirectory(directory);
    }

    private static Process Start(bool ours, params string[] arguments)
    {
        var start = ours ? new ProcessStartInfo(Ours, ["rsync", .. arguments]) : new ProcessStartInfo("rsync", arguments);
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    private static void Run(bool ours, string[] arguments)
    {
        using var process = Start(ours, arguments);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{(ours ? "ours" : "rsync")} {string.Join(' ', arguments)}: {process.ExitCode} {error}");
    }

    private static double Time(Action run)
    {
        var clock = Stopwatch.StartNew();
        run();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Middle(List<double> all) => all.Order().ElementAt(all.Count / 2);

    private static void Print(string what, string way, double ours, double theirs, string unit) =>
        Console.WriteLine($"{what,-34}{way,-8}{$"{ours:f2} {unit}",10}{$"{theirs:f2} {unit}",10}{ours / theirs,12:f2}");
}
