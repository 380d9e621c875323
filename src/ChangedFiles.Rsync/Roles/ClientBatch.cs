using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Sessions.Receiving;

namespace ChangedFiles.Rsync.Roles;

/// <summary>Does once more, here, what a batch file tells of (<c>--read-batch</c>). The session is one of <see cref="Session.OfBatch"/>.</summary>
internal sealed record ClientBatch
{
    /// <summary>What is received and how: as the batch wants it.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>Where to, as a user writes it.</summary>
    public required string Destination { get; init; }

    /// <summary>What is protected from deletion.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>What of the work is said in words.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>The numbers, as they grow.</summary>
    public TransferStats Stats { get; init; } = new();

    /// <inheritdoc cref="ReceivingHalf.Run(Session, CancellationToken)"/>
    public TransferResult Run(Session session, CancellationToken cancellation = default) => new ReceivingHalf
    {
        Options = Options,
        Report = Report,
        Destination = Sessions.Receiving.Destination.Local(Destination, ReceivingTrees.Of(Options)),
        Filters = Filters.OfReceivingClient(),
        Events = Events,
        Stats = Stats,
    }.Run(session, cancellation);
}
