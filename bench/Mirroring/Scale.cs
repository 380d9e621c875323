using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>The same changes in a small tree and in one of 1,000,000 files in 100,000 directories: latency, memory, and the processor time of doing nothing.</summary>
internal static class Scale
{
    private const int FilesADirectory = 10;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    public static void Run(Setup setup)
    {
        Console.WriteLine($"\nscale: latency of {setup.Changes} changes, then nothing for {Idle.TotalSeconds} s, by the size of the tree around them");
        Console.WriteLine($"{"directories",-18}{"files",10}{"p50 ms",9}{"p99 ms",9}{"x p50",8}{"MB",6}{"at most",9}{"idle CPU ms",13}{"start s",9}");
        var first = 0.0;
        foreach (var directories in new[] { 10, 1_000, 100_000, 10 })
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
