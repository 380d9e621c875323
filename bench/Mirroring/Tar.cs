using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>A large real tree unpacked by tar: how much tar is slowed, and when the other side has it, against <c>rsync -a</c> of the finished tree.</summary>
internal static class Tar
{
    private const int Rounds = 3;

    public static void Run(Setup setup)
    {
        if (!File.Exists(setup.Archive))
        {
            Console.WriteLine($"\ntar: no {setup.Archive}");
            return;
        }
        var plain = Path.Combine(setup.Place, $"changedfiles-bench-{Environment.ProcessId}.tar");
        try
        {
            // Unpacking xz would hide what is measured.
            Command.Check("sh", "-c", "case $0 in *.xz) xz -dc \"$0\" ;; *) cat \"$0\" ;; esac > \"$1\"", setup.Archive, plain);
            Console.WriteLine($"\ntar: {setup.Archive} ({new FileInfo(plain).Length >> 20} MiB unpacked), middle of {Rounds} rounds (least to most)");
            Compare(setup, plain);
        }
        finally
        {
            File.Delete(plain);
        }
    }

    /// <summary>In turns, after one that is not counted: a virtual machine's memory is slow until it was used once.</summary>
    private static void Compare(Setup setup, string plain)
    {
        var contenders = setup.Contenders(new Ours(), new Lsyncd(1)).ToList();
        var tars = contenders.ToDictionary(contender => contender.Name, _ => new List<double>());
        var equals = contenders.ToDictionary(contender => contender.Name, _ => new List<double>());
        var (alone, push) = (new List<double>(), new List<double>());
        Alone(setup, plain);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                using (contender)
                {
                    var (tar, equal) = Measure(setup, contender, plain);
                    tars[contender.Name].Add(tar);
                    equals[contender.Name].Add(equal);
                }
            }
            var (unwatched, pushed) = Alone(setup, plain);
            alone.Add(unwatched);
            push.Add(pushed);
        }
        Console.WriteLine($"{"",-18}{"tar s",-22}{"x alone",-10}{"equal s",-22}{"x rsync",-10}");
        Console.WriteLine($"{"tar, rsync -a",-18}{Range(alone),-22}{"",-10}{Range(push),-22}");
        foreach (var name in contenders.Select(contender => contender.Name))
        {
            Console.WriteLine(
                $"{name,-18}{Range(tars[name]),-22}{Middle(tars[name]) / Middle(alone),-10:f2}{Range(equals[name]),-22}{Middle(equals[name]) / Middle(push),-10:f2}");
        }
    }

    private static double Middle(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static string Range(List<double> times) => $"{Middle(times):f2} ({times.Min():f2} to {times.Max():f2})";

    private static (double Tar, double Push) Alone(Setup setup, string plain)
    {
        using var bed = new Bed(setup);
        var tar = Extract(plain, bed.Source);
        var clock = Stopwatch.StartNew();
        new RsyncAfter(setup.Version).Changed(bed, bed.Source);
        return (tar, clock.Elapsed.TotalSeconds);
    }

    private static (double Tar, double Equal) Measure(Setup setup, Contender contender, string plain)
    {
        using var bed = new Bed(setup);
        contender.Start(bed);
        var clock = Stopwatch.StartNew();
        var tar = Extract(plain, bed.Source);
        contender.WaitForAll(bed);
        var equal = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"  {contender.Name}: {bed.Sessions} sessions, {contender.Cost}");
        Thread.Sleep(3000);
        if (bed.Difference() is { Length: > 0 } difference)
            Console.WriteLine(difference);
        return (tar, equal);
    }

    private static double Extract(string plain, string target)
    {
        var clock = Stopwatch.StartNew();
        Command.Run(new ProcessStartInfo("tar", ["-xf", plain, "-C", target]), timeout: TimeSpan.FromMinutes(10)).Checked();
        return clock.Elapsed.TotalSeconds;
    }
}
