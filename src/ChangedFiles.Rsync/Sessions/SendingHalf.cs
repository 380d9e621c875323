using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>The half that has the source files: walks them, sends their list, and answers what the other half asks for (docs/protocol.md 6, 7).</summary>
internal sealed record SendingHalf
{
    /// <summary>What is sent and how.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>Opens the directories that the arguments start from.</summary>
    public required OpenSource Open { get; init; }

    /// <summary>The sources. With files-from the one directory that its names are relative to.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>What is left out, as the rules were sent or read before this runs.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>The names of files-from where they are read on this side; null where they come from the peer, or there are none.</summary>
    public IEnumerable<byte[]>? FilesFrom { get; init; }

    /// <summary>Names of users and groups.</summary>
    public IdNames Names { get; init; } = new();

    /// <summary>What of the work is said in words.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <summary>What is told on the way.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>The numbers, as they grow.</summary>
    public TransferStats Stats { get; init; } = new();

    /// <summary>Runs a session to its end. When this returns, the receiver has confirmed the end; single files may have failed.</summary>
    /// <param name="cancellation">Ends every wait; the session is of no use afterwards.</param>
    /// <exception cref="RsyncException">The session ended before its time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TransferResult Run(Session session, CancellationToken cancellation = default)
    {
        using var registration = session.Connection.CancelWith(cancellation);
        try
        {
            return new SendingRun(this, session).Run();
        }
        catch (RsyncException failure)
        {
            throw session.Explain(failure);
        }
    }
}

/// <summary>One session of a <see cref="SendingHalf"/>.</summary>
internal sealed class SendingRun(SendingHalf half, Session session)
{
    private readonly TransferOptions _options = half.Options;
    private readonly TransferStats _stats = half.Stats;
    private FileSum? _sum;

    public TransferResult Run()
    {
        session.Connection.Stage = SessionStage.FileList;
        session.Connection.LimitsWaits = !WorksSilently;
        session.Connection.BytesInWork = () => _stats.TotalSize;
        using (_sum = _options.Comparison.Checksum ? new FileSum(session) : null)
        {
            var lists = SendFirstList(out var isEmpty);
            // A server has nothing to say after an empty list, and its client expects nothing (7.0).
            if (isEmpty && session.IsServer)
                return TransferResult.Of(session, _stats, lists.IoError);
            using var sender = new Sender(session, lists, null, _options, half.Events, _stats);
            if (_options.Writing.RemoveSourceFiles)
                session.Messages.OnSuccess = new SourceRemoval(session, lists, _options, half.Report).Remove;
            sender.Run();
            if (half.Report.Debug[DebugFlag.Deltasum] > 0)
                session.Say(MessageCode.Info, Messages.Matches(_stats));
            if (session.IsServer || session.Batch is not null)
                WriteStatistics();
            sender.Finish();
            return TransferResult.Of(session, _stats, lists.IoError | sender.IoError);
        }
    }

    /// <summary>The other side reads or copies whole files in between, without a word.</summary>
    private bool WorksSilently =>
        _options.Comparison is { Checksum: true } or { AlternateDest: AlternateDest.Copy } || _options.Writing is { Backup: true } or { DelayUpdates: true };

    private SourceLists SendFirstList(out bool isEmpty)
    {
        var incremental = session.Terms.Has(CompatFlags.IncrementalRecursion);
        half.Events.OnListBegins?.Invoke(incremental);
        var builder = new FileListBuilder(_options, incremental, half.Filters, half.Open, _sum is null ? null : _sum.Of, SayOfFiles)
        {
            SaysMounts = half.Report.Info[InfoFlag.Mount] > 0,
            SaysFilters = half.Report.Debug[DebugFlag.Filter] > 0,
            SaysUnsafeLinks = half.Report.Info[InfoFlag.Symsafe] > 0,
        };
        var writer = new FileListWriter(session.Writer, FileListFormats.Of(session.Terms, _options), half.Names);
        var lists = new SourceLists(session, builder, writer, _stats, _options.Deletion.IgnoreErrors);
        var start = session.Writer.Position;
        isEmpty = !lists.SendFirst(SourceArguments());
        _stats.FileListSize += session.Writer.Position - start;
        half.Events.OnListEnds?.Invoke();
        return lists;
    }

    /// <summary>What the system said has the number of its error at the end, and who heard it in front.</summary>
    private void SayOfFiles(MessageCode code, string text) =>
        session.Say(code, code == MessageCode.ErrorXfer && text.EndsWith(')') ? $"rsync: [sender] {text}" : text);

    private IEnumerable<SourceArgument> SourceArguments()
    {
        IEnumerable<byte[]> names = _options.Selection.FilesFrom is null ? half.Arguments : half.FilesFrom ?? FilesFromNames.FromPeer(session);
        foreach (var name in names)
            yield return SourceArgument.Parse(name, _options.Selection.Relative);
    }

    private void WriteStatistics()
    {
        ReadOnlySpan<long> numbers =
        [
            session.Connection.BytesRead, session.Writer.Position, _stats.TotalSize,
            (long)_stats.FileListGeneration.TotalMilliseconds, (long)_stats.FileListTransfer.TotalMilliseconds,
        ];
        // A client has nobody to tell but its batch.
        session.Writer.OnlyRecords = !session.IsServer;
        foreach (var number in numbers)
            session.Writer.WriteVarlong(number, least: 3);
        session.Writer.OnlyRecords = false;
    }

    /// <summary>Digests of whole files for <c>-c</c>.</summary>
    private sealed class FileSum(Session session) : IDisposable
    {
        private readonly StrongHash _hash = StrongHash.Create(session.Terms.ListChecksum);
        private readonly byte[] _buffer = new byte[256 << 10];

        public byte[]? Of(IFileSource source, TreePath path, in FileStat stat)
        {
            if (source.Open(path, out var file) != Errno.None)
                return null;
            var digest = new byte[_hash.DigestLength];
            using (file)
            {
                var error = Errno.None;
                for (long offset = 0; offset < stat.Size;)
                {
                    error = file!.Read(_buffer, offset, out var read);
                    if (error != Errno.None || read == 0)
                        break;
                    _hash.Append(_buffer.AsSpan(0, read));
                    offset += read;
                    session.KeepAliveInTime();
                }
                _hash.Finish(digest);
                return error == Errno.None ? digest : null;
            }
        }

        public void Dispose() => _hash.Dispose();
    }
}
