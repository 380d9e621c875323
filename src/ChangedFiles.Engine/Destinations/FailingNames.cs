using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>The names that a destination could not be brought to take: why, and when each is tried again, with growing pauses. For one thread.</summary>
/// <param name="changes">Says when a pause is over.</param>
internal sealed class FailingNames(DirtyTree changes)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(60);

    private readonly Dictionary<TreePath, (string Reason, int Attempts)> _failing = [];

    /// <summary>Told of each name, once for each reason.</summary>
    public Action<FailedPath>? OnFailure { get; set; }

    public int Count => _failing.Count;

    public IEnumerable<FailedPath> All => _failing.Select(failure => new FailedPath(failure.Key, failure.Value.Reason));

    /// <summary>Marks for what has to be tried again; forgets the failures of what is in place now.</summary>
    public IReadOnlyList<DirtyMark> Retries(PlannedBatch batch, Delivery delivery)
    {
        if (_failing.Count == 0 && delivery.Failures.Count == 0 && delivery.Complaints.Count == 0)
            return [];
        var failed = Failed(batch, delivery);
        foreach (var path in batch.Marks.Select(mark => mark.Path).Concat(batch.Items.Select(item => item.Path)))
        {
            if (!failed.ContainsKey(path))
                _failing.Remove(path);
        }
        foreach (var (path, reason) in failed)
            Fail(path, reason);
        var since = batch.Marks.Min(mark => mark.Since);
        // A directory that failed may not have been swept either. In place of what failed with something else anything may be left, and wanted as a directory later.
        var swept = batch.Items.Where(item => item.Action == PlannedAction.Sweep).Select(item => item.Path).ToHashSet();
        var others = batch.Items.Where(item => !item.Stat.IsDirectory).Select(item => item.Path).ToHashSet();
        var retries = failed.Keys.Select(path =>
            Retry(new DirtyMark(path) { Names = swept.Contains(path), Subtree = others.Contains(path), Touched = Touched(path, batch), Since = since }, path)).ToList();
        // What could not be looked at has not been looked into either, and the directory it is in has not been swept.
        foreach (var (path, _) in batch.Failures)
        {
            retries.Add(Retry(new DirtyMark(path) { Subtree = true, Since = since }, path));
            retries.Add(Retry(new DirtyMark(path.Parent) { Names = true, Since = since }, path));
        }
        // Nobody knows whom a complaint concerns, so all of it is tried again.
        if (delivery.Complaints.Count > 0)
            retries.AddRange(batch.Marks.Select(mark => Retry(mark, batch.Marks[0].Path)));
        return retries;
    }

    private static Touch Touched(TreePath path, PlannedBatch batch) => batch.InDoubt.Contains(path) ? Touch.Anything | Touch.Written : Touch.Anything;

    private static Dictionary<TreePath, string> Failed(PlannedBatch batch, Delivery delivery)
    {
        var failed = new Dictionary<TreePath, string>();
        foreach (var failure in delivery.Failures)
            failed.TryAdd(failure.Path, failure.Reason);
        if (delivery.Complaints.Count > 0)
            failed.TryAdd(batch.Marks[0].Path, delivery.Complaints[0]);
        return failed;
    }

    private void Fail(TreePath path, string reason)
    {
        var known = _failing.TryGetValue(path, out var before);
        _failing[path] = (reason, before.Attempts + 1);
        if (!known || before.Reason != reason)
            OnFailure?.Invoke(new FailedPath(path, reason));
    }

    /// <summary>Not before the pause that the failing name has come to.</summary>
    private DirtyMark Retry(DirtyMark mark, TreePath failing) => mark with { NotBefore = changes.After(Pause(_failing[failing].Attempts)) };

    private static TimeSpan Pause(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LastRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 10))));
}
