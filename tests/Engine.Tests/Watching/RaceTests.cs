using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Files;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>What is made or moved while the source is still coming to know of it.</summary>
public sealed class RaceTests
{
    public static TheoryData<EventSourceKind> Kinds => WatchedTree.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void No_file_in_a_directory_just_made_is_missed(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, inMemory: true);
        for (var i = 0; i < 2000; i++)
        {
            var top = Directory.CreateDirectory(tree[$"{i}"]).FullName;
            Directory.CreateDirectory($"{top}/a/b");
            foreach (var file in (string[])["f", "a/f", "a/b/f"])
                File.WriteAllText($"{top}/{file}", "x");
        }
        AssertAllReported(tree.Root, tree.Settle());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Whatever_is_at_its_place_after_a_storm_of_directory_renames_was_reported_there(EventSourceKind kind)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        using var tree = new WatchedTree(kind, inMemory: true);
        var movers = Enumerable.Range(0, 2).Select(number => new Thread(() => Storm(tree.Root, tree.Outside, new Random(seed + number), 1500))).ToList();
        movers.ForEach(mover => mover.Start());
        movers.ForEach(mover => mover.Join());
        AssertAllReported(tree.Root, tree.Settle());
        // And the source knows the places as they are: what is written now is told by its true path.
        tree.Sink.Forget();
        foreach (var file in Directory.GetFiles(tree.Root, "*", SearchOption.AllDirectories))
            File.AppendAllText(file, "again");
        var told = tree.Settle().Where(seen => seen.Has(Modify)).Select(seen => seen.Path.ToString()).ToHashSet();
        Assert.All(Directory.GetFiles(tree.Root, "*", SearchOption.AllDirectories), file => Assert.Contains(Path.GetRelativePath(tree.Root, file), told));
    }

    /// <summary>Makes, moves (also out and in again) and removes directories, and makes files in them, as it comes.</summary>
    private static void Storm(string root, string outside, Random random, int steps)
    {
        string Place(int depth) => Path.Combine([random.Next(12) == 0 ? outside : root, .. Enumerable.Range(0, depth).Select(_ => $"d{random.Next(4)}")]);
        for (var step = 0; step < steps; step++)
        {
            try
            {
                switch (random.Next(8))
                {
                    case < 3:
                        Directory.CreateDirectory(Place(random.Next(1, 5)));
                        break;
                    case < 5:
                        File.WriteAllText(Path.Combine(Place(random.Next(4)), $"f{random.Next(5)}"), "x");
                        break;
                    case < 7:
                        Directory.Move(Place(random.Next(1, 4)), Place(random.Next(1, 4)));
                        break;
                    default:
                        Directory.Delete(Place(3), recursive: true);
                        break;
                }
            }
            catch (IOException)
            {
                // Two storms in one tree: the other one was faster.
            }
        }
    }

    private static void AssertAllReported(string root, IReadOnlyList<WatchEvent> events)
    {
        var told = events.Select(seen => seen.Path).ToHashSet();
        var subtrees = events.Where(seen => seen.Has(Subtree) && !seen.Has(Found)).Select(seen => seen.Path).ToHashSet();
        var missed = Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Select(path => TreePath.Parse(Path.GetRelativePath(root, path)))
            .Where(path => !told.Contains(path) && !Above(path).Any(subtrees.Contains)).ToList();
        Assert.True(missed.Count == 0, $"{missed.Count} missed, for example {string.Join(", ", missed.Take(10))}");
    }

    private static IEnumerable<TreePath> Above(TreePath path)
    {
        while (!path.IsRoot)
            yield return path = path.Parent;
    }
}
