using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// A directory of this machine that is sent to one at a destination as mirrors do it: by batches, over sessions that were opened ahead.
/// </summary>
public sealed class BatchPlace : IRsyncPlace
{
    private readonly SourceRoot _root;
    private readonly bool _recurses;
    private readonly Planner _planner;
    private readonly IDestination _destination;
    private readonly Lock _lock = new();

    /// <param name="source">The local directory.</param>
    /// <param name="make">Makes the destination.</param>
    /// <param name="recurses">Directories go with all that is in them; else they are passed over.</param>
    /// <param name="filters">What is left out.</param>
    /// <exception cref="SourceLostException">The local directory cannot be opened.</exception>
    public BatchPlace(string source, DestinationMaker make, bool recurses, FilterRules filters)
    {
        _root = SourceRoot.Open(source);
        _recurses = recurses;
        var selection = new Selection(filters, _root.Tree);
        _planner = new Planner(_root.Tree, selection);
        _destination = make(_root.Tree, selection);
    }

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
                var batch = _planner.Plan(marks, DateTimeOffset.UtcNow);
                var delivery = _destination.Deliver(batch, cancellation);
                failures.AddRange(delivery.Failures);
                failures.AddRange(delivery.Complaints.Select(complaint => new FailedPath(TreePath.Root, complaint)));
                marks = batch.Remainder;
            }
            return failures;
        }
    }

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
