using System.Text;
using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>Something that changes a tree much and fast.</summary>
/// <param name="Prepare">What has to be there (and at the destination) before.</param>
/// <param name="Run">Changes it, from the seed.</param>
internal sealed record Load(string Name, Action<string> Prepare, Action<string, int> Run)
{
    /// <summary>How much: 1 for a few seconds' work.</summary>
    public static int Size => Privileges.IsSoak ? 5 : 1;

    public static IReadOnlyList<Load> All { get; } =
    [
        new("random churn", _ => { }, Churn),
        new("tar extraction", _ => { }, (source, _) => Extract(source, "extracted")),
        new("rm -rf", source => Extract(source, "doomed"), (source, _) => Directory.Delete($"{source}/doomed", recursive: true)),
        new("rename storm", source => Extract(source, "stormy"), (source, seed) => Storm($"{source}/stormy", new Random(seed))),
    ];

    private static void Churn(string source, int seed) => new RandomWriter(source, seed) { Operations = 250 * Size }.Run();

    private static void Extract(string source, string name)
    {
        using var archive = new TempDirectory();
        for (var i = 0; i < 400 * Size; i++)
            archive.Write($"tree/d{i % 23}/e{i % 7}/file{i}", new byte[i % 11 == 0 ? 60_000 : 50 * (i % 60)]);
        Command.Check("tar", "-C", archive["tree"], "-cf", archive["tar"], ".");
        Command.Check("tar", "-C", Directory.CreateDirectory($"{source}/{name}").FullName, "-xf", archive["tar"]);
    }

    /// <summary>Files and directories moved, put over each other and swapped. Some of it cannot be, such as a directory into itself.</summary>
    private static void Storm(string directory, Random random)
    {
        using var tree = new RawTree(directory);
        for (var i = 0; i < 500 * Size; i++)
        {
            var (from, to) = (Any(tree, random), Any(tree, random));
            var made = RawTree.Join(Any(tree, random), Encoding.ASCII.GetBytes($"new{i}"));
            switch (random.Next(3))
            {
                case 0:
                    tree.Rename(from, to);
                    break;
                case 1:
                    tree.Rename(from, made);
                    break;
                default:
                    tree.Rename(from, "aside"u8);
                    tree.Rename(to, from);
                    tree.Rename("aside"u8, to);
                    break;
            }
            if (i % 20 == 0)
                Thread.Sleep(5);
        }
    }

    private static byte[] Any(RawTree tree, Random random)
    {
        var path = "."u8.ToArray();
        for (var depth = random.Next(1, 4); depth > 0; depth--)
        {
            var names = tree.List(path);
            if (names.Count == 0)
                break;
            path = RawTree.Join(path, names[random.Next(names.Count)]);
        }
        return path;
    }
}
