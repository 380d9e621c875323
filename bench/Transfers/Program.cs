// "changedfiles rsync" against rsync, each way a transfer can go. Both run in turn, in the same round; the table gives medians and their ratio.
// Usage: dotnet run -c Release --project bench/Transfers [large] [small] [noop] [delta] [start] [memory] [--place DIR] [--rounds N]
// Without words all but "memory" run; "memory" makes a tree of 1,000,000 files.
using ChangedFiles.Bench.Transfers;
using ChangedFiles.TestKit;

var place = Path.GetTempPath();
var rounds = 3;
var chosen = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--place")
        place = args[++i];
    else if (args[i] == "--rounds")
        rounds = int.Parse(args[++i]);
    else
        chosen.Add(args[i]);
}
if (chosen.Count == 0)
    chosen = ["large", "small", "noop", "delta", "start"];
Console.WriteLine($"{RsyncVersion.Installed.Banner()}; {Environment.ProcessorCount} cores; trees in {place}; medians of {rounds}");
Console.WriteLine($"{"",-34}{"way",-8}{"ours",10}{"rsync",10}{"ours/rsync",12}");
using var bed = new Bed(place);
foreach (var name in chosen)
{
    switch (name)
    {
        case "large":
            bed.Compare("1 GiB, first transfer", rounds, tree => Trees.Large(tree, 1L << 30), fresh: true);
            break;
        case "small":
            bed.Compare("10,000 x 1 KiB, first transfer", rounds, tree => Trees.Small(tree, 10_000, 1024), fresh: true);
            break;
        case "noop":
            bed.Compare("100,000 files, nothing to do", rounds, tree => Trees.Small(tree, 100_000, 16), fresh: false);
            break;
        case "delta":
            bed.Compare("4 KiB changed in 1 GiB", rounds, tree => Trees.Large(tree, 1L << 30), fresh: false, Trees.Change);
            break;
        case "start":
            bed.FirstByte(rounds * 5);
            break;
        case "memory":
            bed.Memory(tree => Trees.Small(tree, 1_000_000, 0));
            break;
        default:
            throw new ArgumentException($"no benchmark {name}");
    }
}
