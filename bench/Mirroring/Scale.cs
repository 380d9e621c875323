using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>
/// The same changes in a small tree and in one of 1,000,000 files in 100,000 directories: latency, memory, and the processor time of doing nothing. Then a
/// restart in the large one, against <c>rsync -a</c> that has nothing to do.
/// </summary>
internal static class Scale
{
    private const int FilesADirectory = 10;
    private const int Largest = 100_000;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    public static void Run(Setup setup)
    {
        Console.WriteLine($"\nscale: latency of {setup.Changes} changes, then nothing for {Idle.TotalSeconds} s, by the size of the tree around them");
        Console.WriteLine($"{"directories",-18}{"files",10}{"p50 ms",9}{"p99 ms",9}{"x p50",8}{"MB",6}{"at most",9}{"idle CPU ms",13}{"start s",9}");
        var first = 0.0;
        foreach (var directories in new[] { 10, 1_000, Largest, 10 })
        {
            using var bed = new Bed(setup);
            Fill(bed.Source, directories);
            // The mirror finds both sides equal, as after a restart.
            Command.Check("cp", "-a", bed.Source + "/.", bed.Target);
            using var ours = new Ours();
            var clock = Stopwatch.StartNew();
            ours.Start(bed);
            var start = clock.Elapsed.TotalSeconds;
            var times = Latency.Measure(bed, ours, setup.Changes);
            times.Sort();
            Thread.Sleep(TimeSpan.FromSeconds(5));
            var before = ours.Cpu;
            Thread.Sleep(Idle);
            var idle = ours.Cpu - before;
            first = first == 0 ? times[times.Count / 2] : first;
            Console.WriteLine($"{directories,-18:n0}{directories * FilesADirectory,10:n0}{times[times.Count / 2],9:f2}{times[times.Count * 99 / 100],9:f2}"
                + $"{times[times.Count / 2] / first,8:f2}{ours.Memory("VmRSS"),6}{ours.Memory("VmHWM"),9}{idle.TotalMilliseconds,13:f0}{start,9:f1}");
            if (directories == Largest)
                Restart(setup, bed, ours);
        }
    }

    /// <summary>Processor time of both sides.</summary>
    private static void Restart(Setup setup, Bed bed, Ours ours)
    {
        for (var round = 0; round < 3; round++)
        {
            ours.End();
            var before = Daemon();
            ours.Start(bed);
            var restart = ours.Cpu + Daemon() - before;
            before = Daemon() + CpuTime.OfChildren(Environment.ProcessId);
            new RsyncAfter(setup.Version).Changed(bed, bed.Source);
            var rsync = Daemon() + CpuTime.OfChildren(Environment.ProcessId) - before;
            Console.WriteLine($"  restarted: {restart.TotalSeconds:f1} s CPU, rsync -a with nothing to do: {rsync.TotalSeconds:f1} s, x {restart / rsync:f2}");
        }

        // A session counts when it has ended.
        TimeSpan Daemon()
        {
            Thread.Sleep(1000);
            return CpuTime.OfChildren(bed.Daemon.Pid);
        }
    }

    /// <summary>Directories in three levels, each of the lowest with a few empty files: names and inodes are what counts here.</summary>
    private static void Fill(string root, int directories)
    {
        for (var i = 0; i < directories; i++)
        {
            var directory = Directory.CreateDirectory($"{root}/d{i / 1000}/e{i / 30 % 34}/f{i}").FullName;
            for (var file = 0; file < FilesADirectory; file++)
                File.OpenHandle($"{directory}/{file}", FileMode.CreateNew, FileAccess.Write).Dispose();
        }
    }
}
