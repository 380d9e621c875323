using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// The receiving side of a transfer: a client that pulls, or a server that is pushed to (docs/protocol.md 0, 7). Filter rules have been
/// sent or read before it runs. Its two halves run at the same time: the generator in a thread of its own, the receiver in the caller's.
/// </summary>
internal sealed record ReceivingHalf
{
    /// <summary>The options in force.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>What is to be reported to the other side and in words.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <summary>Where to.</summary>
    public required Destination Destination { get; init; }

    /// <summary>Rules that protect from deletion, as they were sent or read.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>What a client asked for: other names are refused. Null on a server, or when the sender is trusted.</summary>
    public RequestedNames? Requested { get; init; }

    /// <summary>A daemon module with numeric ids: names of owners do not count.</summary>
    public bool NumericModule { get; init; }

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>The numbers, as they grow.</summary>
    public TransferStats Stats { get; init; } = new();

    /// <summary>See <see cref="Confinement"/>.</summary>
    internal bool Confined { get; init; }

    /// <summary>Written by the generating thread first of all: names of a files-from, which travel while the lists come (5.4).</summary>
    internal Action<FrameWriter>? WriteFirst { get; init; }

    /// <summary>Runs the transfer over an open session. When this returns it has run to its end; single files may have failed.</summary>
    /// <param name="cancellation">Ends every wait; the session is of no use afterwards.</param>
    /// <exception cref="RsyncException">The session ended before its time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TransferResult Run(Session session, CancellationToken cancellation = default)
    {
        // The sums are asked for all the same: the data goes into the client's batch.
        if (Options is { Writing.OnlyWriteBatch: true, DryRun: false })
            return (this with { Options = Options with { DryRun = true } }).Run(session, cancellation);
        if (Options.Writing.WriteDevices)
            throw new RsyncException(ExitCode.Unsupported, SessionStage.Setup, "This rsync does not support --write-devices");
        var isSuper = Options.Preserve.FakeSuper || (Options.Preserve.Super ?? Accounts.EffectiveUser == 0);
        using var reception = new Reception(this, session)
        {
            IsSuper = isSuper,
            Ids = new ReceivedIds(Options.Preserve, isSuper, NumericModule, text => session.Say(MessageCode.Warning, text)),
        };
        try
        {
            return Run(session, reception, cancellation);
        }
        catch (RsyncException failure)
        {
            throw session.Explain(failure);
        }
    }

    private static TransferResult Run(Session session, Reception reception, CancellationToken cancellation)
    {
        if (reception.Half.Confined)
            Confinement.Enter(reception.Half);
        session.Writer.LeaveReadingToOthers();
        session.Connection.LimitsSilence = true;
        using var generating = new GeneratorThread(reception, cancellation);
        using (session.Connection.CancelWith(generating.Stopped))
        using (generating.Stopped.Register(reception.News.Stop))
            generating.RunBeside(() => new Receiver(reception, generating.Stopped).Run());
        session.Connection.CancelWith(cancellation).Dispose();
        generating.ThrowFirst();
        return TransferResult.Of(session, reception.Stats, reception.IoError);
    }
}
