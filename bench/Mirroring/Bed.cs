using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>A source tree, an empty module of a stock daemon, and one contender between them.</summary>
internal sealed class Bed : IDisposable
{
    private static readonly List<string> All = [];
    private readonly string _directory;

    public Bed(Setup setup)
    {
        _directory = Directory.CreateDirectory(Path.Combine(setup.Place, $"changedfiles-bench-{Environment.ProcessId}-{All.Count}")).FullName;
        All.Add(_directory);
        Source = Directory.CreateDirectory(Path.Combine(_directory, "source")).FullName;
        var other = Directory.CreateDirectory(Path.Combine(setup.Other ?? _directory, $"target-{Environment.ProcessId}-{All.Count}"));
        All.Add(Target = other.FullName);
        File.WriteAllText(Path.Combine(Source, "there"), "from the start");
        Daemon = new RsyncDaemon(setup.Version, new RsyncModule("mod", Target));
    }

    public string Source { get; }

    public string Target { get; }

    public RsyncDaemon Daemon { get; }

    /// <summary>Sessions that the daemon has seen.</summary>
    public int Sessions => Daemon.Log.Split('\n').Count(line => line.Contains("connect from", StringComparison.Ordinal));

    /// <summary>Waits until the target holds as many names as the source; in a large tree each look takes from what is measured.</summary>
    public void WaitForNames()
    {
        var wanted = Names(Source);
        while (Names(Target) != wanted)
            Thread.Sleep(20);
    }

    /// <summary>Says what differs, or nothing.</summary>
    public string Difference()
    {
        var diff = TreeDiff.Of(TreeSnapshot.Of(Source, TreeDetails.Content), TreeSnapshot.Of(Target, TreeDetails.Content), TreeIgnore.None);
        return diff.IsEmpty ? "" : $"TREES DIFFER\n{diff}";
    }

    /// <summary>What is in memory is removed at once, and the memory used again.</summary>
    public void Dispose()
    {
        Daemon.Dispose();
        foreach (var tree in new[] { _directory, Target }.Where(tree => new DriveInfo(tree).DriveFormat == "tmpfs"))
            Command.Check("rm", "-rf", tree);
    }

    /// <summary>
    /// Removes all trees that are left, at the very end: for five minutes ext4 avoids the inodes of what was deleted, and searches a long time for
    /// others, which would be measured with whoever comes next.
    /// </summary>
    public static void RemoveAll() => Command.Check("rm", ["-rf", .. All]);

    /// <summary>Without those that are still temporary.</summary>
    private static int Names(string directory)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Count();
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
