using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>From close() of 1 KiB to its final name at the other side, one change at a time; half of them new files, half overwritten ones.</summary>
internal static class Latency
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static void Run(Setup setup)
    {
        Console.WriteLine($"\nlatency: close() of 1 KiB to the final name, {setup.Changes} changes, a fifth of that for the slow");
        Console.WriteLine($"{"",-18}{"p50 ms",9}{"p99 ms",9}{"max ms",9}{"x p50",8}{"changes",9}{"sessions",10}  cost");
        var ours = 0.0;
        foreach (var contender in setup.Contenders(new Ours(), new RsyncEach(setup.Version), new Lsyncd(0), new Lsyncd(1)))
        {
            using (contender)
            {
                using var bed = new Bed(setup);
                contender.Start(bed);
                var before = bed.Sessions;
                var times = Measure(bed, contender, contender is Ours ? setup.Changes : setup.Changes / 5);
                times.Sort();
                var middle = times[times.Count / 2];
                ours = ours == 0 ? middle : ours;
                Console.WriteLine($"{contender.Name,-18}{middle,9:f2}{times[times.Count * 99 / 100],9:f2}{times[^1],9:f2}{middle / ours,8:f1}{times.Count,9}{bed.Sessions - before,10}  {contender.Cost}");
            }
        }
    }

    /// <summary>The times of so many changes, in milliseconds.</summary>
    public static List<double> Measure(Bed bed, Contender contender, int changes)
    {
        var seed = new Random(1);
        // Not all of one size: the peers take a second save of one size within one second for the first.
        var content = new byte[1024];
        using var arrivals = EventSources.Open(Encoding.UTF8.GetBytes(bed.Target), new WatchOptions { Kind = EventSourceKind.Inotify });
        var sink = new Arrivals();
        arrivals.Start(sink);
        var times = new List<double>();
        for (var i = -20; i < changes; i++)
        {
            seed.NextBytes(content);
            var path = Path.Combine(bed.Source, $"f{Math.Max(i, 0) / 2}");
            using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
                RandomAccess.Write(file, content.AsSpan(i & 1), 0);
            var closed = Stopwatch.GetTimestamp();
            contender.Changed(bed, path);
            if (!sink.Seen.TryTake(out var arrived, Longest))
                throw new TimeoutException($"{contender.Name}: {path} did not arrive; {contender.State(bed)}\n{bed.Difference()}");
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(closed, arrived).TotalMilliseconds);
            Thread.Sleep(Shortest + TimeSpan.FromMilliseconds(seed.Next(30)));
        }
        return times;
    }

    private sealed class Arrivals : IEventSink
    {
        public BlockingCollection<long> Seen { get; } = [];

        public void Events(ReadOnlySpan<WatchEvent> events)
        {
            foreach (ref readonly var happened in events)
            {
                if (happened.Has(FileOperations.Rename))
                    Seen.Add(Stopwatch.GetTimestamp());
            }
        }

        public void Unwatched(TreePath directory, Errno reason) => Console.Error.WriteLine($"{directory}: {reason.Describe()}");

        public void Failed(Exception reason) => Console.Error.WriteLine(reason);
    }
}
