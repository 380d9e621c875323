using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Rsync.Roles;

/// <summary>A client that sends files of this machine over an open session.</summary>
internal sealed record ClientPush
{
    /// <summary>What is sent and how: what the session was opened with.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>The sources as a user writes them, in the form of <see cref="ArgumentText"/>; relative to the current directory.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>What is left out.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>The names of <c>--files-from</c>, if its file was opened before the session; null: it is opened here.</summary>
    public IEnumerable<byte[]>? FilesFrom { get; init; }

    /// <summary>What of the work is said in words.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>The numbers, as they grow.</summary>
    public TransferStats Stats { get; init; } = new();

    /// <inheritdoc cref="SendingHalf.Run"/>
    public TransferResult Run(Session session, CancellationToken cancellation = default)
    {
        var start = ArgumentText.Encode(Environment.CurrentDirectory);
        var names = Options.Selection.FilesFrom;
        if (names is not null)
            start = LocalSources.Join(start, ArgumentText.Encode(Sources[0]));
        using var sources = new LocalSources(Options, start);
        FilterExchange.Send(session, Filters, Options, sending: true);
        session.BeginBatch(Options, sending: true);
        return new SendingHalf
        {
            Options = Options,
            Open = sources.Open,
            Arguments = [.. Sources.Select(ArgumentText.Encode)],
            FilesFrom = FilesFrom ?? FilesFromNames.OfClient(Options.Selection),
            Filters = Filters,
            Report = Report,
            Events = Events,
            Stats = Stats,
        }.Run(session, cancellation);
    }
}
