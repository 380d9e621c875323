// The main job end to end, against its peers in the same run: a real tree, a stock rsync daemon on loopback, another tree.
// Usage: dotnet run -c Release --project bench/Mirroring [latency] [burst] [rename] [tar] [scale] [--place DIR] [--other DIR] [--changes N] [--rsync 3.2.7]
// The mirror is below --place too, unless --other names another file system for it.
// Without words all of it runs; "tar" needs /usr/src/linux-source-6.1.tar.xz (package linux-source-6.1) or --tar FILE.
using ChangedFiles.Bench.Mirroring;
using ChangedFiles.TestKit;

var words = new Queue<string>(args);
var setup = new Setup();
var chosen = new List<string>();
while (words.TryDequeue(out var word))
{
    setup = word switch
    {
        "--place" => setup with { Place = words.Dequeue() },
        "--other" => setup with { Other = words.Dequeue() },
        "--changes" => setup with { Changes = int.Parse(words.Dequeue()) },
        "--rsync" => setup with { Version = words.Dequeue() == "3.2.7" ? RsyncVersion.Debian327 : RsyncVersion.Installed },
        "--tar" => setup with { Archive = words.Dequeue() },
        "--only" => setup with { Only = words.Dequeue() },
        _ => setup,
    };
    if (!word.StartsWith('-'))
        chosen.Add(word);
}
Console.WriteLine($"{setup.Version.Banner()}; {Environment.ProcessorCount} cores; trees in {setup.Place}");
try
{
    if (Chosen("latency"))
        Latency.Run(setup);
    if (Chosen("burst"))
        Burst.Run(setup);
    if (Chosen("rename"))
        Renames.Run(setup);
    if (Chosen("tar"))
        Tar.Run(setup);
    if (Chosen("scale"))
        Scale.Run(setup);
}
finally
{
    Bed.RemoveAll();
}

bool Chosen(string name) => chosen.Count == 0 || chosen.Contains(name);
