using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Sessions.Receiving;

namespace ChangedFiles.Rsync.Roles;

/// <summary>A client that receives files of a server over an open session.</summary>
internal sealed record ClientPull
{
    /// <summary>What is received and how: what the session was opened with.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>The sources as the server sees them, without host and module, in the form of <see cref="ArgumentText"/>.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Where to, as a user writes it.</summary>
    public required string Destination { get; init; }

    /// <summary>What is left out, and protected from deletion.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>The names of <c>--files-from</c>, if its file was opened before the session; null: it is opened here.</summary>
    public IEnumerable<byte[]>? FilesFrom { get; init; }

    /// <summary>What of the work is said in words.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>The numbers, as they grow.</summary>
    public TransferStats Stats { get; init; } = new();

    /// <inheritdoc cref="ServerRole.Confined"/>
    public bool Confined { get; init; }

    /// <inheritdoc cref="ReceivingHalf.Run(Session, CancellationToken)"/>
    public TransferResult Run(Session session, CancellationToken cancellation = default)
    {
        FilterExchange.Send(session, Filters, Options, sending: false);
        session.BeginBatch(Options, sending: false);
        var names = (FilesFrom ?? FilesFromNames.OfClient(Options.Selection))?.ToList();
        return new ReceivingHalf
        {
            Options = Options,
            Report = Report,
            Destination = Sessions.Receiving.Destination.Local(Destination, ReceivingTrees.Of(Options)),
            Filters = Filters.OfReceivingClient(),
            Requested = TrustsSender ? null : new RequestedNames(Options, names ?? Sources.Select(ArgumentText.Encode), Filters),
            Events = Events,
            Stats = Stats,
            Confined = Confined,
            WriteFirst = names is null ? null : _ => FilesFromNames.Send(session, names),
        }.Run(session, cancellation);
    }

    /// <summary>Of what the server reads from its own files, or its shell expands, nothing is known here.</summary>
    private bool TrustsSender =>
        Options.Wire.TrustSender || Options.Wire.OldArgs > 0 || Options.Selection.FilesFrom is { Remote: true };
}
