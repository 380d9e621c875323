using ChangedFiles.Linux;

namespace ChangedFiles.TestKit;

/// <summary>
/// Changes a tree as busy programs do: several writers at once, each with its own sequence of random operations, in each other's way.
/// A name <c>stays</c> at the top is left alone, so that the tree never is empty. With one writer the same seed does the same.
/// </summary>
public sealed class RandomWriter(string directory, int seed)
{
    private int _done;

    public int Writers { get; init; } = 3;

    /// <summary>By each writer; about a third of them meet a race or a name that is taken, and do nothing.</summary>
    public int Operations { get; init; } = 300;

    /// <summary>Bytes.</summary>
    public int MaxFileSize { get; init; } = 100_000;

    public TreeFeatures Features { get; init; } = TreeFeatures.All;

    /// <summary>Rests between operations, at most this long; zero writes as fast as it can.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Operations that changed something so far.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Runs all writers to their end.</summary>
    public void Run(CancellationToken cancellation = default)
    {
        using var tree = new RawTree(directory);
        tree.Create("stays"u8, "here"u8);
        var threads = Enumerable.Range(0, Writers).Select(i => new Thread(() => Write(tree, new Random(seed + i), cancellation))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private void Write(RawTree tree, Random random, CancellationToken cancellation)
    {
        var operations = new RandomOperations(tree, random, new RandomInodes(random, Features), MaxFileSize);
        for (var i = 0; i < Operations && !cancellation.IsCancellationRequested; i++)
        {
            if (operations.Next() == Errno.None)
                Interlocked.Increment(ref _done);
            if (MaxPause > TimeSpan.Zero)
                Thread.Sleep(MaxPause * random.NextDouble());
        }
    }
}
