using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Running;

/// <summary>A local directory, and the one at a destination that names below it are sent to.</summary>
internal sealed class RsyncPlace : IDisposable
{
    private readonly SourceRoot _root;
    private readonly bool _recurses;
    private readonly Planner _planner;
    private readonly IDestination _destination;
    private readonly Lock _lock = new();

    /// <param name="root">Owned from here on.</param>
    /// <param name="route">How to reach the destination.</param>
    public RsyncPlace(SourceRoot root, RsyncRoute route)
    {
        (_root, _recurses) = (root, route.Recurses);
        var selection = new Selection(route.Filters, root.Tree);
        _planner = new Planner(root.Tree, selection);
        _destination = route.Make(root.Tree, selection);
    }

    /// <summary>How many have it in use. The owner's.</summary>
    public int Users { get; set; }

    /// <summary>In milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastUsed { get; private set; } = Environment.TickCount64;

    public bool IsUnusedFor(TimeSpan time) => Users == 0 && Environment.TickCount64 - LastUsed > time.TotalMilliseconds;

    /// <summary>Sends these names as they are now. What is not there any more is told by events of its own.</summary>
    /// <returns>What failed; a failure that no name can be given for stands at the root.</returns>
    /// <exception cref="DestinationException">The destination is away or refuses.</exception>
    /// <exception cref="SourceLostException">The local directory is not what it was.</exception>
    public IReadOnlyList<FailedPath> Deliver(IReadOnlyList<TreePath> names, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _root.Check();
            _root.Tree.Forget();
            var failures = new List<FailedPath>();
            IReadOnlyList<DirtyMark> marks = [.. Marks(names)];
            while (marks.Count > 0)
            {
                var batch = _planner.Plan(marks);
                var delivery = _destination.Deliver(batch, cancellation);
                failures.AddRange(delivery.Failures);
                failures.AddRange(delivery.Complaints.Select(complaint => new FailedPath(TreePath.Root, complaint)));
                marks = batch.Remainder;
            }
            LastUsed = Environment.TickCount64;
            return failures;
        }
    }

    /// <summary>Keeps what waits at the destination alive.</summary>
    public void Tend()
    {
        lock (_lock)
            _destination.Tend();
    }

    public void Dispose()
    {
        _destination.Dispose();
        _root.Dispose();
    }

    private IEnumerable<DirtyMark> Marks(IEnumerable<TreePath> names)
    {
        foreach (var name in names)
        {
            if (_root.Tree.Stat(name, out var stat) == Errno.None && (_recurses || !stat.IsDirectory))
                yield return new DirtyMark(name) { Subtree = stat.IsDirectory };
        }
    }
}
