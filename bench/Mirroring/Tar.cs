using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>A large real tree unpacked by tar: how much tar is slowed, and when the other side has it, against <c>rsync -a</c> of the finished tree.</summary>
internal static class Tar
{
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
            Console.WriteLine($"\ntar: {setup.Archive} ({new FileInfo(plain).Length >> 20} MiB unpacked)");
            Console.WriteLine($"{"",-18}{"tar s",9}{"x alone",9}{"equal s",9}{"x rsync",9}{"sessions",10}  cost");
            var (alone, push) = Alone(setup, plain);
            Console.WriteLine($"{"tar alone",-18}{alone,9:f2}{1,9:f2}");
            Console.WriteLine($"{"rsync -a after",-18}{"",9}{"",9}{push,9:f2}{1,9:f2}");
            foreach (var contender in setup.Contenders(new Ours(), new Lsyncd(1)))
            {
                using (contender)
                    Measure(setup, contender, plain, alone, push);
            }
        }
        finally
        {
            File.Delete(plain);
        }
    }

    private static (double Tar, double Push) Alone(Setup setup, string plain)
    {
        using var bed = new Bed(setup);
        var tar = Extract(plain, bed.Source);
        var clock = Stopwatch.StartNew();
        new RsyncAfter(setup.Version).Changed(bed, bed.Source);
        return (tar, clock.Elapsed.TotalSeconds);
    }

    private static void Measure(Setup setup, Contender contender, string plain, double alone, double push)
    {
        using var bed = new Bed(setup);
        contender.Start(bed);
        var clock = Stopwatch.StartNew();
        var tar = Extract(plain, bed.Source);
        contender.WaitForAll(bed);
        var equal = clock.Elapsed.TotalSeconds;
        var cost = contender.Cost;
        Thread.Sleep(3000);
        Console.WriteLine($"{contender.Name,-18}{tar,9:f2}{tar / alone,9:f2}{equal,9:f2}{equal / push,9:f2}{bed.Sessions,10}  {cost} {bed.Difference()}");
    }

    private static double Extract(string plain, string target)
    {
        var clock = Stopwatch.StartNew();
        Command.Run(new ProcessStartInfo("tar", ["-xf", plain, "-C", target]), timeout: TimeSpan.FromMinutes(10)).Checked();
        return clock.Elapsed.TotalSeconds;
    }
}
