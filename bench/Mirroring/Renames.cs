using System.Diagnostics;
using System.Globalization;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>A file of 200 MiB and a directory of 2,000 files get other names, several times: until the other side shows it, and bytes on the wire.</summary>
internal static class Renames
{
    private const int Large = 200 << 20;
    private const int Rounds = 9;

    public static void Run(Setup setup)
    {
        Console.WriteLine("\nrename: from rename() until the new name is at the other side, and what loopback carried; \"sent\" is the protocol alone, without the sessions opened next");
        Console.WriteLine($"{"",-18}{"200 MiB ms",12}{"KB",10}{"KB sent",10}{"2,000 files ms",16}{"KB",10}");
        foreach (var contender in setup.Contenders(new Ours(), new Lsyncd(1)))
        {
            using (contender)
            {
                using var bed = new Bed(setup);
                Fill(bed.Source);
                contender.Start(bed);
                Thread.Sleep(1000);
                var before = contender.Sent(bed);
                var file = Middle(bed, "large", File.Move);
                var sent = (contender.Sent(bed) - before) / Rounds;
                var directory = Middle(bed, "directory", Directory.Move);
                Console.WriteLine($"{contender.Name,-18}{file.Milliseconds,12:f1}{file.Bytes / 1e3,10:f1}{(sent > 0 ? sent / 1e3 : double.NaN),10:f2}"
                    + $"{directory.Milliseconds,16:f1}{directory.Bytes / 1e3,10:f1}  {bed.Difference()}");
            }
        }
    }

    private static void Fill(string root)
    {
        var content = new byte[Large];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path.Combine(root, "large"), content);
        var directory = Directory.CreateDirectory(Path.Combine(root, "directory")).FullName;
        for (var i = 0; i < 2000; i++)
            File.WriteAllBytes(Path.Combine(directory, $"f{i}"), content[i..(i + 1024)]);
    }

    /// <summary>The middle of several renames, to another name and back; the first of them is the slowest.</summary>
    private static (double Milliseconds, long Bytes) Middle(Bed bed, string name, Action<string, string> move)
    {
        var times = new List<(double Milliseconds, long Bytes)>();
        for (var round = 0; round < Rounds; round++)
            times.Add(round % 2 == 0 ? Time(bed, name, name + ".new", move) : Time(bed, name + ".new", name, move));
        return (times.Select(time => time.Milliseconds).Order().ElementAt(Rounds / 2), times.Select(time => time.Bytes).Order().ElementAt(Rounds / 2));
    }

    private static (double Milliseconds, long Bytes) Time(Bed bed, string from, string to, Action<string, string> move)
    {
        var before = LoopbackBytes();
        var clock = Stopwatch.StartNew();
        move(Path.Combine(bed.Source, from), Path.Combine(bed.Source, to));
        while (!Path.Exists(Path.Combine(bed.Target, to)))
            Thread.Sleep(1);
        var arrived = clock.Elapsed.TotalMilliseconds;
        while (Path.Exists(Path.Combine(bed.Target, from)))
            Thread.Sleep(1);
        bed.WaitForNames();
        Thread.Sleep(300);
        return (arrived, LoopbackBytes() - before);
    }

    /// <summary>All that the loopback interface sent, headers and other programs' traffic with it.</summary>
    private static long LoopbackBytes() => long.Parse(File.ReadAllText("/sys/class/net/lo/statistics/tx_bytes"), CultureInfo.InvariantCulture);
}
