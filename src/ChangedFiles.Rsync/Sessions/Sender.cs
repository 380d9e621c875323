using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// The sending half after the file list: answers reports and requests until all phases are over (docs/protocol.md 7.5, 7.8).
/// It needs no knowledge of what the generator does when; every DONE is answered with a DONE.
/// </summary>
internal sealed class Sender : IDisposable
{
    private const int MaxDeletions = 1 << 28;
    private const int LastPhase = 2;

    private readonly Session _session;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly IOutgoingLists _lists;
    private readonly IFileSource _source;
    private readonly TransferOptions _options;
    private readonly SenderEvents _events;
    private readonly FileSender _files;
    private readonly int _digestLength;
    private int _phase;

    public Sender(Session session, IOutgoingLists lists, IFileSource source, TransferOptions options, SenderEvents events, TransferStats stats)
    {
        (_session, _reader, _writer) = (session, session.Reader, session.Writer);
        (_lists, _source, _options, _events, Stats) = (lists, source, options, events, stats);
        _files = new FileSender(session, stats, events.OnProgress);
        _digestLength = session.Terms.TransferChecksum.DigestLength();
    }

    /// <summary>Error bits of this side's reading (docs/protocol.md 11.3), without those of building the lists.</summary>
    public int IoError { get; private set; }

    public TransferStats Stats { get; }

    /// <summary>Runs to the end of the last phase. The statistics of a server and the goodbye follow.</summary>
    public void Run()
    {
        _session.Connection.Stage = SessionStage.Transfer;
        while (true)
        {
            SendListsWhileIdle();
            var index = ReadIndex();
            if (index != FileIndex.Done)
                Answer(index);
            else if (!NextPhase())
                break;
        }
        if (IoError != 0)
            _writer.WriteMessage(MessageCode.IoError, IoError);
        _writer.WriteIndex(FileIndex.Done);
    }

    /// <summary>The late deletions of protocol 31 on, and the goodbye, which is the receiver's word that everything is in its place.</summary>
    public void Finish()
    {
        _session.Connection.Stage = SessionStage.Finish;
        _writer.Flush();
        if (_session.Terms.Protocol >= 31)
        {
            ExpectDone();
            _writer.WriteIndex(FileIndex.Done);
            _writer.Flush();
        }
        ExpectDone();
    }

    public void Dispose() => _files.Dispose();

    /// <summary>On a DONE the oldest list is finished; when none is left, a phase is.</summary>
    private bool NextPhase()
    {
        if (_lists.Finish())
        {
            _writer.WriteIndex(FileIndex.Done);
            return true;
        }
        if (++_phase > LastPhase)
            return false;
        _writer.WriteIndex(FileIndex.Done);
        return true;
    }

    /// <summary>Flushes before it would have to wait, and uses the time to send further lists (6.8).</summary>
    private void SendListsWhileIdle()
    {
        _lists.SendAhead();
        while (!_reader.HasData())
        {
            if (_lists.SendNext())
                continue;
            _writer.Flush();
            return;
        }
    }

    private int ReadIndex()
    {
        var index = _reader.ReadIndex();
        while (index == FileIndex.DeletionCounts)
        {
            ReadDeletionCounts();
            index = _reader.ReadIndex();
        }
        return index >= FileIndex.Done ? index : throw _reader.Bad($"item index {index}");
    }

    private void ReadDeletionCounts()
    {
        int Count() => _reader.ReadVarint(0, MaxDeletions, "number of deletions");
        Stats.Deleted = new KindCounts(Count(), Count(), Count(), Count(), Count());
    }

    private void ExpectDone()
    {
        if (ReadIndex() is not FileIndex.Done and var index)
            throw _reader.Bad($"item {index} after the last phase");
    }

    private void Answer(int index)
    {
        var withSums = _options.Writing.Append == AppendMode.None || _phase > 0;
        var request = SenderRequest.Read(_reader, index, _digestLength, withHead: !_options.DryRun, withSums);
        var entry = _lists.Find(index);
        if (request.Flags.HasFlag(ItemFlags.IsNew))
            Stats.Created = Stats.Created.Add(entry?.Mode ?? 0);
        if (entry is null)
        {
            // Item reports name a list's own directory by the number before the list (6.6); anything else must exist.
            if (request.WantsData || !_lists.IsListDirectory(index))
                throw _reader.Bad($"item {index} is not in any list");
            request.Echo(_writer);
            return;
        }
        if (!request.WantsData || _options.DryRun)
        {
            request.Echo(_writer);
            _events.OnItem?.Invoke(entry, request.Flags, request.Xname);
            return;
        }
        if (!entry.IsRegular || _phase >= LastPhase)
            throw _reader.Bad($"data of {entry} was asked for, which is not a file to send now");
        SendFile(entry, request);
    }

    private void SendFile(FileEntry entry, SenderRequest request)
    {
        var error = _source.Open(entry.Path, out var file);
        if (error != Errno.None)
        {
            Failed(entry, error);
            _writer.WriteMessage(MessageCode.NoSend, request.Index);
            return;
        }
        using (file)
        {
            request.Echo(_writer);
            request.EchoHead(_writer);
            var inPlace = request.Basis switch
            {
                SenderRequest.OwnBasis => _options.Writing.Inplace,
                SenderRequest.PartialBasis => _session.Terms.Has(CompatFlags.InplacePartialDir),
                _ => false,
            };
            error = _files.Send(entry, file!, request.Sums, inPlace);
        }
        if (error != Errno.None)
            Failed(entry, error);
        else
            _events.OnItem?.Invoke(entry, request.Flags, request.Xname);
    }

    private void Failed(FileEntry entry, Errno error)
    {
        IoError |= error == Errno.ENOENT ? 2 : 1;
        _events.OnFileFailed?.Invoke(entry, error);
    }
}
