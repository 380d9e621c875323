using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>10,000 files of 1 KiB in 100 directories, written as fast as it goes: time from the first write until the other side has them all.</summary>
internal static class Burst
{
    private const int Files = 10_000;

    public static void Run(Setup setup)
    {
        Console.WriteLine($"\nburst: {Files:n0} files of 1 KiB, from the first write until both trees are equal");
        Console.WriteLine($"{"",-18}{"s",9}{"x",8}{"writer s",10}{"sessions",10}  cost");
        var ours = 0.0;
        foreach (var contender in setup.Contenders(new Ours(), new RsyncAfter(setup.Version), new Lsyncd(1)))
        {
            using (contender)
            {
                using var bed = new Bed(setup);
                contender.Start(bed);
                var before = bed.Sessions;
                var clock = Stopwatch.StartNew();
                Write(bed.Source);
                var written = clock.Elapsed.TotalSeconds;
                contender.Changed(bed, bed.Source + "/");
                contender.WaitForAll(bed);
                var all = clock.Elapsed.TotalSeconds;
                ours = ours == 0 ? all : ours;
                Thread.Sleep(1000);
                Console.WriteLine($"{contender.Name,-18}{all,9:f2}{all / ours,8:f1}{written,10:f2}{bed.Sessions - before,10}  {contender.Cost} {bed.Difference()}");
            }
        }
    }

    private static void Write(string root)
    {
        var content = new byte[1024];
        for (var i = 0; i < Files; i++)
        {
            if (i % 100 == 0)
                Directory.CreateDirectory($"{root}/d{i / 100}");
            using var file = File.OpenHandle($"{root}/d{i / 100}/f{i}", FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, content, 0);
        }
    }
}

/// <summary><c>rsync -a</c> of everything, once all is written.</summary>
internal sealed class RsyncAfter(RsyncVersion version) : Contender
{
    public override string Name => "rsync -a after";

    public override void Start(Bed bed) => Changed(bed, bed.Source);

    public override void Changed(Bed bed, string path) => version.Run("-a", bed.Source + "/", bed.Daemon.Url("mod/")).Checked();
}
