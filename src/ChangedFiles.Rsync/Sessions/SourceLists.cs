using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// The lists of a walk through the sources, sent as they are made: one whole list, or in pieces no further ahead of the generator than
/// it takes to keep it busy (docs/protocol.md 6.8). Lists that are finished are let go.
/// </summary>
internal sealed class SourceLists : IOutgoingLists
{
    /// <summary>Entries that are out beyond the list in work, so that the generator never waits; and the most while there is nothing else to do.</summary>
    private const int LeastAhead = 1000, MostAhead = 10_000;

    /// <summary>Bytes that are not held back while further lists are made: the receiver looks at them meanwhile.</summary>
    private const int FlushFrom = 8 << 10;

    private readonly Session _session;
    private readonly FileListBuilder _builder;
    private readonly FileListWriter _writer;
    private readonly TransferStats _stats;
    private readonly bool _ignoreErrors;
    private readonly bool _incremental;
    private int _reportedError;
    private int _ahead;

    /// <param name="ignoreErrors">Errors of reading are not told to the receiver, so that it deletes all the same (10.3).</param>
    public SourceLists(Session session, FileListBuilder builder, FileListWriter writer, TransferStats stats, bool ignoreErrors)
    {
        (_session, _builder, _writer, _stats, _ignoreErrors) = (session, builder, writer, stats, ignoreErrors);
        _incremental = session.Terms.Has(CompatFlags.IncrementalRecursion);
        builder.Found = Send;
    }

    public int IoError => _builder.IoError;

    /// <summary>Sends the first list. False when it is empty.</summary>
    public bool SendFirst(IEnumerable<SourceArgument> arguments)
    {
        var start = Environment.TickCount64;
        var list = _builder.BuildFirst(arguments);
        _stats.FileListGeneration = TimeSpan.FromMilliseconds(Math.Max(1, Environment.TickCount64 - start));
        End();
        EndWhenComplete();
        _session.Writer.Flush();
        return list.Count > 0;
    }

    public FileEntry? Find(int index)
    {
        if (_builder.Lists.ListOf(index) is not { } list)
            return null;
        _stats.Checked = list.SlotsUpTo(index, _incremental);
        return list[index];
    }

    public bool IsListDirectory(int index) => _builder.Lists.ListOf(index)?.Start == index + 1;

    public void SendAhead()
    {
        while (_ahead < LeastAhead && SendOne())
        {
        }
    }

    public bool SendNext() => _ahead < MostAhead && SendOne();

    public bool BeginFinish()
    {
        if (_builder.Lists.Count == 0)
            return false;
        var list = _builder.Lists[0];
        _stats.Checked = Math.Max(_stats.Checked, list.SlotsUpTo(list.Start + list.Count - 1, _incremental));
        return true;
    }

    public bool Finish()
    {
        if (!_incremental)
            return false;
        if (_builder.Lists.Count > 0)
            _builder.Lists.RemoveFirst();
        if (_builder.Lists.Count == 0)
            return false;
        _ahead -= _builder.Lists[0].Count;
        return true;
    }

    private bool SendOne()
    {
        if (_builder.NextDirectory is not (>= 0 and var directory))
            return false;
        _session.Writer.WriteIndex(FileIndex.ListOffset - directory);
        var position = _session.Writer.Position;
        var list = _builder.BuildNext();
        _ahead += list.Count;
        End();
        _stats.FileListSize += _session.Writer.Position - position;
        EndWhenComplete();
        if (_session.Writer.Pending >= FlushFrom)
            _session.Writer.Flush();
        return true;
    }

    private void Send(FileEntry entry)
    {
        _writer.Write(entry);
        _stats.Files = _stats.Files.Add(entry.Mode);
        if (entry.IsRegular || entry.IsSymlink)
            _stats.TotalSize += entry.Length;
        _session.KeepAliveInTime();
    }

    private void End()
    {
        var error = _builder.IoError;
        _writer.WriteEnd(_ignoreErrors || error == _reportedError ? 0 : error);
        _reportedError = error;
    }

    private void EndWhenComplete()
    {
        _stats.FilesComplete = _builder.NextDirectory < 0;
        if (_incremental && _stats.FilesComplete)
            _session.Writer.WriteIndex(FileIndex.ListsEnd);
    }
}
