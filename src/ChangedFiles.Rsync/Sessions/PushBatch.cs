using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// A session that carries a given set of paths: changed files, attributes, deletions, anywhere in the tree, without a scan on either side
/// (docs/protocol.md 13.1).
/// </summary>
internal sealed record PushBatch
{
    /// <summary>
    /// What to send, in any order, no name twice. Every parent of an entry that is not missing must be among them as a directory.
    /// </summary>
    public required IReadOnlyList<FileEntry> Entries { get; init; }

    /// <summary>
    /// Filter rules in their wire form (5.2) for the receiver's deletions in content directories. Sent when <see cref="Options"/> has a delete mode.
    /// </summary>
    public IReadOnlyList<byte[]> Filters { get; init; } = [];

    /// <summary>The options the session was opened with.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>Where the data comes from.</summary>
    public required IFileSource Source { get; init; }

    /// <summary>Names of users and groups; not asked with <c>--numeric-ids</c>.</summary>
    public IdNames Names { get; init; } = new();

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>Runs the batch over an open session. When this returns, the receiver has confirmed the end; single files may have failed.</summary>
    /// <param name="cancellation">Ends every wait; the session is of no use afterwards.</param>
    /// <exception cref="RsyncException">The session ended before its time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TransferResult Send(Session session, CancellationToken cancellation = default)
    {
        using var registration = session.Connection.CancelWith(cancellation);
        // A receiver that knows of a time-out shows in time that it lives (docs/protocol.md 3.4).
        session.Connection.LimitsSilence = Options.Wire.Timeout > 0;
        var stats = new TransferStats();
        try
        {
            session.Connection.Stage = SessionStage.FileList;
            if (Options.Deletion.Mode != DeleteMode.None || Options.Selection.PruneEmptyDirs)
                SendFilters(session);
            var writer = new FileListWriter(session.Writer, FileListFormats.Of(session.Terms, Options), Names);
            var lists = new SingleList(writer, [.. Entries], ioError: 0);
            using var sender = new Sender(session, lists, Source, Options, Events, stats);
            sender.Run();
            sender.Finish();
            return TransferResult.Of(session, stats, sender.IoError);
        }
        catch (RsyncException failure)
        {
            throw session.Explain(failure);
        }
    }

    private void SendFilters(Session session)
    {
        foreach (var rule in Filters)
        {
            session.Writer.WriteInt32(rule.Length);
            session.Writer.Write(rule);
        }
        session.Writer.WriteInt32(0);
    }
}
