using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>The stations of a mirror without its threads and without watching: the test says what changed, and when that is delivered.</summary>
internal sealed class MirrorSteps : IDisposable
{
    private readonly SourceRoot _root;
    private readonly Planner _planner;
    private readonly IDestination _destination;

    public MirrorSteps(MirrorBed bed)
    {
        _root = SourceRoot.Open(bed.Source.Path);
        var selection = new Selection(bed.Rules, _root.Tree);
        _planner = new Planner(_root.Tree, selection) { SearchesLinks = true };
        _destination = bed.Destination(_root.Tree, selection);
        Changes.Mark(TreePath.Root, subtree: true);
    }

    public DirtyTree Changes { get; } = new(TimeProvider.System);

    /// <summary>Delivers until nothing is left to do.</summary>
    public List<Delivery> Deliver()
    {
        var deliveries = new List<Delivery>();
        while (Changes.Unconfirmed > 0)
        {
            _root.Tree.Forget();
            var batch = _planner.Plan(Changes.Take(int.MaxValue), DateTimeOffset.UtcNow);
            var delivery = batch.Items.Count == 0 ? new Delivery() : _destination.Deliver(batch, TestContext.Current.CancellationToken);
            Assert.Empty(delivery.Failures.Select(failure => $"{failure.Path}: {failure.Reason}").Concat(delivery.Complaints));
            deliveries.Add(delivery);
            Changes.Return(_planner.Recheck(batch, 0).Concat(batch.Remainder).Concat(batch.PutOff));
        }
        return deliveries;
    }

    public void Dispose()
    {
        _destination.Dispose();
        _root.Dispose();
    }
}
