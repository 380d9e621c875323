using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// The half that reads: file lists, answers to the generator's items, phase ends (docs/protocol.md 7.5, 7.8). Tells the generator of all.
/// </summary>
internal sealed class Receiver
{
    private const int LastPhase = 2;
    private const int MaxXname = 4095;
    private const int MaxDeletions = 1 << 28;

    private readonly Reception _reception;
    private readonly Session _session;
    private readonly FrameReader _reader;
    private readonly IncomingLists _lists;
    private readonly bool _isDry;
    private readonly Itemizer _itemizer;
    private readonly BatchRequests? _batch;
    private int _phase;
    private int _donesReceived;

    /// <param name="stopped">The generator has failed.</param>
    public Receiver(Reception reception, CancellationToken stopped)
    {
        _reception = reception;
        _session = reception.Session;
        _reader = _session.Reader;
        _lists = new IncomingLists(reception);
        _isDry = reception.Options.DryRun;
        _itemizer = new Itemizer(reception, _session.Writer);
        _batch = reception.Pace is { } pace ? new BatchRequests(reception, pace, stopped) : null;
        _reader.BeforeWait = reception.News.Tell;
    }

    public void Run()
    {
        ReadAll();
        _reception.News.Tell();
    }

    private void ReadAll()
    {
        _session.Messages.OnNoSend = NoSend;
        _session.Connection.Stage = SessionStage.FileList;
        var isEmpty = !_lists.ReadFirst();
        // A server that has nothing to send has closed by now (docs/protocol.md 7.0).
        if (isEmpty && !_session.IsServer)
        {
            _reception.News.Add(new News(NewsKind.Nothing));
            return;
        }
        _session.Connection.Stage = SessionStage.Transfer;
        using (var files = new FileReceiver(_reception))
            ReadItems(files);
        _session.Connection.Stage = SessionStage.Finish;
        if (!_session.IsServer)
            ReadStatistics();
        if (_session.Terms.Protocol >= 31)
            ReadLastDone();
        _reception.News.Add(new News(NewsKind.End));
    }

    private void ReadItems(FileReceiver files)
    {
        while (_phase <= LastPhase)
        {
            var index = _reader.ReadIndex();
            switch (index)
            {
                case FileIndex.Done:
                    TakeDone(files);
                    break;
                case FileIndex.ListsEnd or <= FileIndex.ListOffset:
                    _lists.Read(index);
                    break;
                case >= 0:
                    ReadItem(index, files);
                    break;
                default:
                    throw _reader.Bad($"item index {index}");
            }
        }
    }

    /// <summary>A DONE answers one of the generator's: a list is finished and let go, or a phase is over.</summary>
    private void TakeDone(FileReceiver files)
    {
        _donesReceived++;
        _batch?.WaitForDone(_donesReceived, _phase, _lists.First);
        if (_donesReceived > _reception.DonesSent)
            throw _reader.Bad("the end of something that has not been finished");
        if (_lists.BeginFinish())
            _reception.Tell(_reception.Events.OnListDone);
        if (_phase == 0 && !_lists.Finish())
            return;
        if (_reception.Requests.All is [var forgotten, ..])
            throw _reader.Bad($"the data of {forgotten.Entry} was never sent");
        // What waits for the end comes to its place when nothing can be asked for again.
        if (++_phase == LastPhase)
            files.PutDelayed();
        _reception.News.Add(new News(NewsKind.PhaseEnd));
    }

    private void ReadItem(int index, FileReceiver files)
    {
        var flags = (ItemFlags)_reader.ReadUInt16();
        var basis = flags.HasFlag(ItemFlags.BasisTypeFollows) ? _reader.ReadByte() : Basis.Own;
        var xname = flags.HasFlag(ItemFlags.XnameFollows) ? _reader.ReadVstring(MaxXname, "length of an extra name") : [];
        var entry = _lists.Find(index) ?? throw _reader.Bad($"refusing transfer of cleared file index {index}");
        _batch?.WaitForItem(index, entry);
        if (flags.HasFlag(ItemFlags.IsNew))
            _reception.Stats.Created = _reception.Stats.Created.Add(entry.Mode);
        if (_itemizer.ExchangesXattrs(flags))
            XattrExchange.ReadAnswer(_reader, entry.Xattrs ?? XattrList.Empty);
        if (!flags.HasFlag(ItemFlags.Transfer))
        {
            const ItemFlags linked = ItemFlags.XnameFollows | ItemFlags.LocalChange;
            if (_itemizer.ExchangesXattrs(flags) && !flags.HasFlag(linked))
                files.SetXattrs(entry);
            _reception.Tell(_reception.Events.OnItem, entry.Report(flags, sending: false) with { Xname = xname });
            return;
        }
        if (_batch is not null)
        {
            ReadBatched(index, entry, files);
            return;
        }
        if (!_reception.Requests.TryRemove(index, out var request))
            throw _reader.Bad($"the data of {entry}, which was not asked for");
        if (basis != request.Basis || !xname.AsSpan().SequenceEqual(request.Xname))
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Transfer, $"the sender names another basis for {entry} than it was told");
        if (_isDry)
            Pretend(request, flags, files);
        else
            ReadFile(request, files);
    }

    /// <summary>Data of a batch, for what the generator wants of it.</summary>
    private void ReadBatched(int index, FileEntry entry, FileReceiver files)
    {
        var head = ReadOwnHead();
        if (_batch!.Take(index, entry) is not { } request)
        {
            _session.Say(MessageCode.Info, $"(Skipping batched update for \"{Reception.Text(entry.Path)}\")");
            files.Discard(head);
            return;
        }
        request = request with { Head = head, BasisFile = head.Count > 0 ? request.BasisFile : null };
        if (_isDry)
        {
            files.Discard(head);
            Pretend(request, request.Flags, files);
            return;
        }
        var outcome = Receive(request, files);
        if (outcome == NewsKind.Redo)
            _batch.KeepForSecond(request);
        else if (outcome is { } known)
            _reception.News.Add(new News(known, request));
    }

    private SumHead ReadOwnHead() => SenderRequest.ReadHead(_reader, _session.Terms.TransferChecksum.DigestLength(), "Receiver");

    private void Pretend(PendingRequest request, ItemFlags flags, FileReceiver files)
    {
        // A batch that alone is written gets the data; a sending client has put it there itself.
        if (_reception is { MovesData: true, Pace: null } && !_session.IsServer)
        {
            ReadHead(request);
            files.Discard(request.Head);
        }
        _reception.Stats.FilesTransferred++;
        _reception.Stats.TransferredSize += request.Entry.Length;
        _reception.Tell(_reception.Events.OnTransferred, request.Entry.Report(flags, sending: false) with { Xname = request.Xname });
        _reception.News.Add(new News(NewsKind.Received, request));
    }

    private void ReadFile(PendingRequest request, FileReceiver files)
    {
        ReadHead(request);
        if (Receive(request, files) is { } known)
            _reception.News.Add(new News(known, request));
    }

    private NewsKind? Receive(PendingRequest request, FileReceiver files)
    {
        try
        {
            return files.Receive(request);
        }
        catch (InvalidDataException nonsense)
        {
            throw _reader.Bad($"{request.Entry}: {nonsense.Message}");
        }
    }

    private void ReadHead(PendingRequest request)
    {
        Span<byte> bytes = stackalloc byte[SumHead.Length];
        Span<byte> asked = stackalloc byte[SumHead.Length];
        _reader.Read(bytes);
        request.Head.Write(asked);
        if (!bytes.SequenceEqual(asked))
            throw _reader.Bad($"an answer about {request.Entry} that is not what was asked");
    }

    /// <summary>The sender cannot give a file; it has said why.</summary>
    private void NoSend(int index)
    {
        if (_reception.Requests.TryRemove(index, out var request))
            _reception.News.Add(new News(NewsKind.Failed, request));
    }

    /// <summary>What a sending server read, wrote and has (docs/protocol.md 7.9). The sizes are known here; the times are not.</summary>
    private void ReadStatistics()
    {
        var stats = _reception.Stats;
        _reader.ReadVarlong(3);
        _reader.ReadVarlong(3);
        stats.TotalSize = _reader.ReadVarlong(3);
        stats.FileListGeneration = TimeSpan.FromMilliseconds(_reader.ReadVarlong(3));
        stats.FileListTransfer = TimeSpan.FromMilliseconds(_reader.ReadVarlong(3));
    }

    private void ReadLastDone()
    {
        var index = _reader.ReadIndex();
        if (index == FileIndex.DeletionCounts)
        {
            // Our own, come back.
            for (var kind = 0; kind < 5; kind++)
                _reader.ReadVarint(0, MaxDeletions, "number of deletions");
            index = _reader.ReadIndex();
        }
        if (index != FileIndex.Done)
            throw _reader.Bad($"item {index} after the last phase");
    }
}
