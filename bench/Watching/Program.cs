// What watching costs the one who writes: 200,000 x (create, write 1 KiB, close) in 1,000 directories by another process, unwatched and
// watched by each source in turn. Usage: dotnet run -c Release --project bench/Watching [directory, default /dev/shm] [rounds, default 5]
using System.Diagnostics;
using System.Text;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

const int directories = 1000, filesEach = 200;

if (args is ["write", var target])
{
    Write(target);
    return;
}
var place = args.Length > 0 ? args[0] : "/dev/shm";
var rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
EventSourceKind?[] kinds = [null, EventSourceKind.Inotify, EventSourceKind.Fanotify];
var results = kinds.ToDictionary(kind => $"{kind}", _ => new List<Round>());
for (var round = 0; round < rounds; round++)
{
    foreach (var kind in kinds)
        results[$"{kind}"].Add(Measure(place, kind));
}
Console.WriteLine($"{directories * filesEach:n0} files on {place}, medians of {rounds} rounds; x: against the unwatched writer");
Console.WriteLine($"{"source",-10}{"wall s",8}{"x",6}{"writer CPU s",14}{"x",6}{"events",10}{"batches",9}{"source CPU s",14}{"MB made",9}{"lag ms",8}");
var unwatched = Middle(results[""]);
foreach (var (name, all) in results)
{
    var round = Middle(all);
    Console.WriteLine($"{(name.Length == 0 ? "none" : name),-10}{round.Wall,8:f2}{round.Wall / unwatched.Wall,6:f2}{round.WriterCpu,14:f2}"
        + $"{round.WriterCpu / unwatched.WriterCpu,6:f2}{round.Events,10:n0}{round.Batches,9:n0}{round.SourceCpu,14:f3}{round.Allocated / 1e6,9:f1}{round.Lag,8:f1}");
}

static Round Middle(List<Round> rounds) => rounds.OrderBy(round => round.Wall).ElementAt(rounds.Count / 2);

static Round Measure(string place, EventSourceKind? kind)
{
    var root = Directory.CreateDirectory(Path.Combine(place, $"changedfiles-bench-{Environment.ProcessId}")).FullName;
    try
    {
        for (var i = 0; i < directories; i++)
            Directory.CreateDirectory(Path.Combine(root, $"d{i}"));
        var sink = new CountingSink();
        using var source = kind is { } which ? EventSources.Open(Encoding.UTF8.GetBytes(root), new() { Kind = which }) : null;
        source?.Start(sink);
        var (cpu, allocated) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes());
        var clock = Stopwatch.StartNew();
        using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["write", root]) { RedirectStandardOutput = true })!;
        var writerCpu = double.Parse(writer.StandardOutput.ReadToEnd());
        writer.WaitForExit();
        var wall = clock.Elapsed.TotalSeconds;
        while (source is not null && !sink.SawEnd)
            Thread.Sleep(1);
        return new Round(wall, writerCpu, sink.Count, sink.Batches, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds,
            GC.GetTotalAllocatedBytes() - allocated, (clock.Elapsed.TotalSeconds - wall) * 1000);
    }
    finally
    {
        Directory.Delete(root, recursive: true);
    }
}

static void Write(string root)
{
    var content = new byte[1024];
    for (var i = 0; i < directories * filesEach; i++)
    {
        using var file = File.OpenHandle($"{root}/d{i / filesEach}/f{i % filesEach}", FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
    }
    File.WriteAllText($"{root}/end", "");
    Console.Write(Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
}

internal sealed record Round(double Wall, double WriterCpu, int Events, int Batches, double SourceCpu, long Allocated, double Lag);

internal sealed class CountingSink : IEventSink
{
    private static readonly TreePath End = TreePath.Parse("end");

    public int Count { get; private set; }
    public int Batches { get; private set; }
    public volatile bool SawEnd;

    public void Events(ReadOnlySpan<WatchEvent> events)
    {
        Count += events.Length;
        Batches++;
        SawEnd |= events[^1].Path == End;
    }

    public void Unwatched(TreePath directory, Errno reason) => Console.Error.WriteLine($"{directory}: {reason.Describe()}");

    public void Failed(Exception reason) => Console.Error.WriteLine(reason);
}
