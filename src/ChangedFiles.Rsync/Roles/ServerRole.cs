using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Sessions.Receiving;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Rsync.Roles;

/// <summary>A server on this machine that does what its client asked for, as the user that it runs as: <c>rsync --server</c>.</summary>
internal sealed record ServerRole
{
    /// <summary>What the client asks for.</summary>
    public required ServerRequest Request { get; init; }

    /// <summary>The shell has not expanded wildcards of source arguments, so this does.</summary>
    public bool ExpandsWildcards { get; init; }

    /// <summary>
    /// When files are received, the calling thread gives up the right to change anything but what the transfer is for, where the kernel lets it (<c>landlock(7)</c>).
    /// It never gets that back, nor does any thread that is started from it: for a process that does nothing else.
    /// </summary>
    public bool Confined { get; init; }

    /// <summary>What is told on the way on this side.</summary>
    public TransferEvents Events { get; init; } = new();

    private TransferOptions Options => Request.Options;

    /// <summary>Runs an open session to its end.</summary>
    /// <param name="session">Of a server.</param>
    /// <param name="cancellation">Ends every wait; the session is of no use afterwards.</param>
    /// <exception cref="RsyncException">The session ended before its time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TransferResult Run(Session session, CancellationToken cancellation = default)
    {
        var rules = FilterExchange.Read(session, new FilterRulesBuilder(Options.Selection.From0), Options, Request.Sender);
        return Request.Sender ? Send(session, rules, cancellation) : Receive(session, rules, cancellation);
    }

    private TransferResult Send(Session session, FilterRules rules, CancellationToken cancellation)
    {
        var start = ArgumentText.Encode(Environment.CurrentDirectory);
        List<byte[]> arguments = [.. Request.Paths.DefaultIfEmpty(".").Select(ArgumentText.Encode)];
        if (ExpandsWildcards)
            arguments = [.. arguments.SelectMany(argument => Wildcards.Expand(start, argument))];
        var names = Options.Selection.FilesFrom;
        using var sources = new LocalSources(Options, names is null ? start : LocalSources.Join(start, arguments[0]));
        return new SendingHalf
        {
            Options = Options,
            Open = sources.Open,
            Arguments = arguments,
            FilesFrom = names is null or { Path: "-" } ? null : FilesFromNames.Open(names.Path, Options.Selection.From0, Options.Selection.Paths),
            Filters = rules,
            Report = Request.Report,
            Events = Events,
        }.Run(session, cancellation);
    }

    private TransferResult Receive(Session session, FilterRules rules, CancellationToken cancellation)
    {
        var destination = Destination.Local(Request.Paths.Count == 0 ? "" : Request.Paths[0], ReceivingTrees.Of(Options));
        var names = Options.Selection.FilesFrom;
        return new ReceivingHalf
        {
            Options = Options,
            Report = Request.Report,
            Destination = destination,
            Filters = rules,
            Events = Events,
            Confined = Confined,
            WriteFirst = names is null ? null
                : _ => FilesFromNames.Send(session, FilesFromNames.Open(names.Path, Options.Selection.From0, Options.Selection.Paths)),
        }.Run(session, cancellation);
    }
}
