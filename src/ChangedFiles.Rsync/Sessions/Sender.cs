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
    private readonly IFileSource? _source;
    private readonly TransferOptions _options;
    private readonly TransferEvents _events;
    private readonly FileSender _files;
    private readonly HashSet<int>? _appended;
    private readonly int _digestLength;
    private int _phase;

    /// <param name="source">Where entries without a source of their own are read.</param>
    public Sender(Session session, IOutgoingLists lists, IFileSource? source, TransferOptions options, TransferEvents events, TransferStats stats)
    {
        (_session, _reader, _writer) = (session, session.Reader, session.Writer);
        (_lists, _source, _options, _events, Stats) = (lists, source, options, events, stats);
        _files = new FileSender(session, options, stats, events.OnProgress);
        _appended = options.Writing.Append == AppendMode.None ? null : [];
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
        _writer.Flush();
    }

    public void Dispose() => _files.Dispose();

    /// <summary>On a DONE the oldest list is finished; when none is left, a phase is.</summary>
    private bool NextPhase()
    {
        if (_lists.BeginFinish())
            _events.OnListDone?.Invoke();
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

    /// <summary>A serving sender hands them on to the client's other half (10.5).</summary>
    private void ReadDeletionCounts()
    {
        int Count() => _reader.ReadVarint(0, MaxDeletions, "number of deletions");
        var counts = new KindCounts(Count(), Count(), Count(), Count(), Count());
        Stats.Deleted = counts;
        if (!_session.IsServer)
            return;
        _writer.WriteIndex(FileIndex.DeletionCounts);
        foreach (var count in (ReadOnlySpan<long>)[counts.Regular, counts.Directories, counts.Links, counts.Devices, counts.Specials])
            _writer.WriteVarint((int)count);
    }

    private void ExpectDone()
    {
        if (ReadIndex() is not FileIndex.Done and var index)
            throw _reader.Bad($"item {index} after the last phase");
    }

    private void Answer(int index)
    {
        var request = SenderRequest.Read(_reader, index);
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
        if (ExchangesXattrs(request))
            request = request with { Xattrs = XattrExchange.ReadRequest(_reader, entry.Xattrs ?? XattrList.Empty) };
        if (!request.WantsData)
            Report(entry, request);
        else if (!entry.IsRegular || _phase >= LastPhase)
            throw _reader.Bad($"data of {entry} was asked for, which is not a file to send now");
        else if (_options.DryRun)
            ReportDry(entry, request);
        else
            SendFile(entry, request);
    }

    /// <summary>Whether the values of attributes are asked for in this item (9.3).</summary>
    private bool ExchangesXattrs(in SenderRequest request)
    {
        const ItemFlags Linked = ItemFlags.XnameFollows | ItemFlags.LocalChange;
        var shortcut = _session.Terms.Protocol >= 31 && !_session.Terms.Has(CompatFlags.AvoidXattrShortcut);
        return _options.Preserve.Xattrs > 0 && request.Flags.HasFlag(ItemFlags.ReportXattr) && !_options.DryRun
            && !(shortcut && (request.Flags & Linked) == Linked);
    }

    private void Echo(FileEntry entry, in SenderRequest request)
    {
        request.Echo(_writer);
        if (request.Xattrs is not { } wanted)
            return;
        var tree = TreeOf(entry);
        XattrExchange.WriteAnswer(_writer, entry.Xattrs ?? XattrList.Empty, wanted,
            name => tree.GetXattr(entry.Path, name, out var value) == Errno.None ? value : null);
    }

    private void Report(FileEntry entry, in SenderRequest request)
    {
        Echo(entry, request);
        _events.OnItem?.Invoke(entry.Report(request.Flags, sending: true) with { Xname = request.Xname });
    }

    private void ReportDry(FileEntry entry, in SenderRequest request)
    {
        Count(entry);
        Echo(entry, request);
        _events.OnTransferred?.Invoke(entry.Report(request.Flags, sending: true) with { Xname = request.Xname });
    }

    private void Count(FileEntry entry)
    {
        Stats.FilesTransferred++;
        Stats.TransferredSize += entry.Length;
    }

    private void SendFile(FileEntry entry, SenderRequest request)
    {
        var isRedo = _phase > 0 || _appended?.Add(request.Index) == false;
        var appends = _appended is not null && !isRedo;
        var before = (Sent: _writer.DataWritten, Received: _reader.DataRead);
        request = request.ReadSums(_reader, _digestLength, withSums: !appends);
        if (_events.Declines?.Invoke(entry, request.Head.Count) == true)
        {
            _writer.WriteMessage(MessageCode.NoSend, request.Index);
            return;
        }
        var item = entry.Report(request.Flags, sending: true) with { Xname = request.Xname };
        Count(entry);
        var error = TreeOf(entry).Open(entry.Path, out var file);
        using (file)
        {
            if (error != Errno.None || (appends && file!.Stat.Size < request.Head.BasisLength))
            {
                if (error != Errno.None)
                    Failed(entry, error, "send_files failed to open");
                _writer.WriteMessage(MessageCode.NoSend, request.Index);
                return;
            }
            _events.OnBeforeTransfer?.Invoke(item);
            Echo(entry, request);
            _writer.OnlyRecords = _options.Writing.OnlyWriteBatch && _writer.Recorder is not null;
            request.EchoHead(_writer);
            error = appends
                ? _files.SendRest(entry, file!, request.Head.BasisLength, _options.Writing.Append == AppendMode.Verify)
                : _files.Send(entry, file!, request.Sums, IsInPlace(request));
            _writer.OnlyRecords = false;
        }
        if (error != Errno.None)
            Failed(entry, error, "read errors mapping");
        else
            _events.OnTransferred?.Invoke(item with
            {
                BytesTransferred = _writer.DataWritten - before.Sent,
                ChecksumBytes = _reader.DataRead - before.Received,
                Checksum = item.Checksum.IsEmpty ? _files.LastDigest : item.Checksum,
            });
    }

    private bool IsInPlace(in SenderRequest request) => request.Basis switch
    {
        SenderRequest.OwnBasis => _options.Writing.Inplace,
        SenderRequest.PartialBasis => _session.Terms.Has(CompatFlags.InplacePartialDir),
        _ => false,
    };

    private IFileSource TreeOf(FileEntry entry) => entry.Source?.Tree ?? _source!;

    private void Failed(FileEntry entry, Errno error, string what)
    {
        var name = entry.Source?.Describe(entry.Path) ?? $"\"{entry}\"";
        IoError |= error == Errno.ENOENT ? IoErrors.Vanished : IoErrors.General;
        if (error == Errno.ENOENT)
            _session.Say(MessageCode.Warning, $"file has vanished: {name}");
        else
            _session.Say(MessageCode.ErrorXfer, $"rsync: [sender] {what} {name}: {EntryMaker.Reason(error)}");
        _events.OnFileFailed?.Invoke(entry, error);
    }
}
