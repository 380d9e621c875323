using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Destinations.Local;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>Copies into a simulated destination by the mirror's own means, with faults.</summary>
internal sealed class SimulatedCopies(SimulatedDestination place, IFileSource source, Random random) : IDestination
{
    private static readonly LocalDestinationOptions Options =
        new() { Name = "simulated", Directory = "", Selection = new Selection(FilterRules.None, new MemoryTree()) };

    private readonly HashSet<TreePath> _asides = [];
    private int _readsToBreak = -1;

    public string Name => "simulated";

    public Delivery Deliver(PlannedBatch batch, CancellationToken cancellation)
    {
        if (place.IsReplaced)
        {
            place.IsReplaced = false;
            throw new DestinationException("replaced", permanent: false, ExitCode.FileIO) { NeedsEverything = true };
        }
        if (random.Next(100) >= place.FaultRate)
            return Run(batch, cancellation);
        switch (random.Next(4))
        {
            case 0:
                throw new DestinationException("away", permanent: false, ExitCode.SocketIO);
            case 1:
                return BreakOff(batch, cancellation);
            case 2:
                return Run(batch, cancellation) with { Complaints = ["something went wrong"] };
            default:
                return FailWithOne(batch, cancellation);
        }
    }

    public TimeSpan Tend() => Timeout.InfiniteTimeSpan;

    public void Dispose()
    {
    }

    /// <summary>Called with every read of the source: a session that is cut is cut at one of them.</summary>
    public void OnSourceRead()
    {
        if (_readsToBreak >= 0 && _readsToBreak-- == 0)
            throw new DestinationException("cut", permanent: false, ExitCode.ProtocolStream) { Interrupted = true };
    }

    private Delivery Run(PlannedBatch batch, CancellationToken cancellation)
    {
        using var delivery = new LocalDelivery(source, place.Tree, Options, _asides, batch, cancellation);
        return delivery.Run();
    }

    private Delivery BreakOff(PlannedBatch batch, CancellationToken cancellation)
    {
        _readsToBreak = random.Next(4);
        try
        {
            return Run(batch, cancellation);
        }
        catch (DestinationException)
        {
            LeaveHalfWritten(batch);
            throw;
        }
        finally
        {
            _readsToBreak = -1;
        }
    }

    /// <summary>As a receiver does that was killed.</summary>
    private void LeaveHalfWritten(PlannedBatch batch)
    {
        var files = batch.Items.Where(item => item.Stat.IsRegular && item.Action == PlannedAction.Send).ToList();
        if (files.Count > 0 && place.Tree.OpenInPlace(files[random.Next(files.Count)].Path.Parent.Child(".half.written"u8), out var left) == Linux.Errno.None)
            left!.Dispose();
    }

    /// <summary>One name is not as it should be, and that is said.</summary>
    private Delivery FailWithOne(PlannedBatch batch, CancellationToken cancellation)
    {
        var delivery = Run(batch, cancellation);
        var sent = batch.Items.Where(item => item.Action == PlannedAction.Send && !item.Stat.IsDirectory).ToList();
        if (sent.Count == 0)
            return delivery;
        var failed = sent[random.Next(sent.Count)].Path;
        place.Tree.Unlink(failed);
        return delivery with { Failures = [.. delivery.Failures, new FailedPath(failed, "failed")] };
    }
}
