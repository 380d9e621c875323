using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// Keeps what is known to be at one destination in step with what is delivered. A change in a directory makes its entry useless; such directories are compared
/// once more when it has been quiet for a while, or at the end, so that the next start need not do it. For one thread.
/// </summary>
internal sealed class ConfirmedProgress(ConfirmedDirectories confirmed, TimeProvider clock)
{
    private const int MaxTouched = 10_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(5);

    private readonly HashSet<TreePath> _touched = [];
    // On their way to be compared once more: the destination has them.
    private HashSet<TreePath> _again = [];
    // What is below these may come again; as what it is known by is only a number, it is not forgotten with them.
    private readonly HashSet<TreePath> _deleted = [];
    private long _lastNote = clock.GetTimestamp();
    private long _lastSave = clock.GetTimestamp();
    private bool _passUnderway = true;
    private bool _ending;

    /// <summary>The source has never been mirrored there.</summary>
    public bool IsNew => confirmed.IsNew;

    /// <summary>
    /// A batch is on its way. Where it goes through the top directory, it makes what is missing there, and if the process is killed before it hears of
    /// that, nobody would know later that the destination was emptied.
    /// </summary>
    public void Begin(PlannedBatch batch)
    {
        if (batch.Swept.Any(directory => directory.Path.IsRoot))
            confirmed.PutAside();
    }

    /// <summary>Notes a confirmed batch.</summary>
    /// <returns>False when the destination is not what it was: nothing is known of it any more.</returns>
    public bool Note(PlannedBatch batch, Delivery delivery)
    {
        _lastNote = clock.GetTimestamp();
        confirmed.PutBack();
        if (delivery.Created.Count > 0 && WasEmptied(batch, delivery))
        {
            Forget();
            return false;
        }
        _deleted.ExceptWith(delivery.Created);
        _again.ExceptWith(batch.Items.Select(item => item.Path));
        var swept = batch.Swept.Select(directory => directory.Path).ToHashSet();
        foreach (var item in batch.Items)
        {
            if (item.Action is PlannedAction.Send or PlannedAction.Delete && !swept.Contains(item.Path.Parent) && _touched.Count < MaxTouched)
                _touched.Add(item.Path.Parent);
            if (item.Action == PlannedAction.Delete && _deleted.Count < MaxTouched)
                _deleted.Add(item.Path);
        }
        // Should it have been there before, more may be missing beside it and in it.
        foreach (var directory in delivery.Created.SelectMany(made => new[] { made.Parent, made }).Where(_ => _touched.Count < MaxTouched))
            _touched.Add(directory);
        // What failed may be gone now, or be something else than before.
        var unsure = delivery.Complaints.Count > 0
            ? batch.Items.Where(item => item.Stat.IsDirectory).Select(item => item.Path)
            : delivery.Failures.SelectMany(failure => new[] { failure.Path, failure.Path.Parent });
        if (delivery.Complaints.Count + delivery.Failures.Count > 0)
            confirmed.Distrust(unsure);
        if (delivery.Complaints.Count == 0)
            Confirm(batch, delivery);
        if (clock.GetElapsedTime(_lastSave) > SaveInterval)
            Save(complete: false);
        return true;
    }

    /// <summary>
    /// A batch came to no end. What was made for it is there the next time, and so does not tell any more that all that was in it is missing.
    /// </summary>
    public void Broke(PlannedBatch batch)
    {
        confirmed.PutBack();
        confirmed.Load();
        var unsure = batch.Items.Where(item => item.Stat.IsDirectory).Select(item => item.Path).ToList();
        confirmed.Distrust(unsure);
        _touched.UnionWith(unsure.Take(MaxTouched - _touched.Count));
    }

    /// <summary>Everything that is known to be in question has been looked at.</summary>
    /// <returns>True when that ends a pass over everything.</returns>
    public bool CaughtUp()
    {
        if (!_passUnderway)
            return false;
        Save(complete: true);
        return true;
    }

    /// <summary>Directories to compare once more now that there is nothing else to do.</summary>
    public IReadOnlyList<TreePath> TakeTouched(bool ending)
    {
        if (_touched.Count == 0 || _ending || !(ending || clock.GetElapsedTime(_lastNote) > Quiet))
            return [];
        _ending = ending;
        confirmed.Load();
        _again = [.. _touched];
        _touched.Clear();
        return [.. _again];
    }

    /// <summary>When <see cref="TakeTouched"/> will have something, should nothing else happen.</summary>
    public TimeSpan NextLook => _touched.Count == 0 ? Timeout.InfiniteTimeSpan : Quiet - clock.GetElapsedTime(_lastNote) + TimeSpan.FromMilliseconds(1);

    /// <summary>Writes what is known.</summary>
    public void Save() => Save(complete: false);

    /// <summary>The destination may be another one.</summary>
    public void Forget()
    {
        confirmed.Clear();
        _touched.Clear();
        _again.Clear();
        _deleted.Clear();
        _passUnderway = true;
    }

    /// <summary>A directory had to be made that was there before, or one above what changed.</summary>
    private bool WasEmptied(PlannedBatch batch, Delivery delivery)
    {
        var parents = batch.Items.Where(item => item.Action == PlannedAction.Parent).Select(item => item.Path).ToHashSet();
        var rests = batch.Marks.Where(mark => mark.IsThere).Select(mark => mark.Path).ToHashSet();
        // What was deleted with a directory may come back as it was; then it is only known, and all that is in it is missing.
        var looked = batch.Items.Where(item => item.Action == PlannedAction.Sweep).Select(item => item.Path)
            .Concat(batch.Remainder.Select(mark => mark.Path)).ToHashSet();
        return delivery.Created.Any(made => parents.Contains(made) || _again.Contains(made)
            || ((rests.Contains(made) || confirmed.IsExpected(made)) && !(WasDeleted(made) && looked.Contains(made))));
    }

    private bool WasDeleted(TreePath directory) => _deleted.Any(name => name == directory || directory.IsBelow(name));

    private void Confirm(PlannedBatch batch, Delivery delivery)
    {
        var failing = delivery.Failures.SelectMany(failure => new[] { failure.Path, failure.Path.Parent }).ToHashSet();
        foreach (var directory in batch.Swept)
        {
            if (failing.Contains(directory.Path) || confirmed.Confirm(directory, batch.Looked))
                _touched.Remove(directory.Path);
            else if (directory.Newest.Seconds <= batch.Looked.ToUnixTimeSeconds() && _touched.Count < MaxTouched)
                _touched.Add(directory.Path);
        }
    }

    private void Save(bool complete)
    {
        confirmed.Save(complete);
        _passUnderway = false;
        _lastSave = clock.GetTimestamp();
    }
}
