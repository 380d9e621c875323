using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Cli.Output;

/// <summary>How a running mirror is told: to a person on a terminal, as plain lines, or as JSON. Called from several threads.</summary>
internal abstract class MirrorReport
{
    /// <summary>Whether <see cref="Tick"/> shows anything.</summary>
    public virtual bool IsLive => false;

    public abstract void Started(string source, Mirror mirror);

    public abstract void State(DestinationStatus status);

    public abstract void Failure(string destination, FailedPath failure);

    public abstract void Warning(string text);

    public abstract void Delivered(string destination, PlannedBatch batch, Delivery delivery);

    public virtual void Tick(IReadOnlyList<DestinationStatus> statuses)
    {
    }

    public abstract void Ended(IReadOnlyList<DestinationStatus> statuses);
}
