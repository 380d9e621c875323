using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// The half that writes: goes through the lists, does what needs no data, asks for the rest, and says when lists and phases are finished
/// (docs/protocol.md 7.1, 7.8). Runs in its own thread; the news come from the receiver.
/// </summary>
internal sealed class Generator
{
    /// <summary>Bytes that are not held back while there is more to look at: the sender begins meanwhile.</summary>
    private const int FlushFrom = 4096;

    /// <summary>
    /// Entries after which what there is to say goes out, however little: the sender makes more lists when it hears that some are done, and a stock one keeps only
    /// 1,000 entries ahead. With much less than that both sides work at the same time.
    /// </summary>
    private const int FlushAfter = 250;

    private const int EnoughForLinks = 500;

    private readonly Reception _reception;
    private readonly CancellationToken _stopped;
    private readonly FrameWriter _writer;
    private ItemWork _items = null!;
    private readonly bool _incremental;
    private readonly int _keepAlive;

    /// <summary>Lists that have come and are not gone through.</summary>
    private readonly Queue<WorkList> _waiting = [];

    /// <summary>Lists that have been gone through, oldest first; for each a DONE is due.</summary>
    private readonly Queue<WorkList> _open = [];

    private readonly Queue<PendingRequest> _redo = [];
    private bool _allListed;
    private bool _nothing;
    private int _phasesEnded;
    private bool _ended;

    public Generator(Reception reception, CancellationToken stopped)
    {
        (_reception, _stopped, _writer) = (reception, stopped, reception.Session.Writer);
        _incremental = reception.Session.Terms.Has(CompatFlags.IncrementalRecursion);
        var timeout = reception.Session.Connection.Timeout.TotalMilliseconds;
        _keepAlive = timeout > 0 ? (int)Math.Min(timeout / 2, int.MaxValue) : -1;
    }

    public void Run()
    {
        _reception.Half.WriteFirst?.Invoke(_writer);
        // With hard links it is better to know some members of a group before one of them is asked for.
        var enough = _reception is { Pace: null, Options.Preserve.HardLinks: > 0 } ? EnoughForLinks : 1;
        WaitUntil(() => _allListed || (_waiting.Count > 0 && CountWaiting() >= enough));
        // What the destination is was decided when the first list had come.
        _items = new ItemWork(_reception);
        if (_reception.Half.Report.Debug[DebugFlag.Flist] > 0)
            _reception.Session.Say(MessageCode.Info, Messages.DeltaTransmission(_reception.Options.Comparison.WholeFile != true));
        var unsaid = 0;
        while (NextList() is { } work)
        {
            GoThrough(work);
            _open.Enqueue(work);
            FinishLists();
            unsaid += work.List.Count;
            if (unsaid < FlushAfter)
                continue;
            _writer.Flush();
            unsaid = 0;
        }
        FinishLists();
        if (!_nothing)
            EndPhases();
    }

    // Phases that have nothing to do are ended together, which saves round trips (docs/protocol.md 7.8).
    private void EndPhases()
    {
        var options = _reception.Options;
        if (!_incremental)
            SayDone();
        WaitUntil(() => _phasesEnded >= 1);
        Redo();
        SayDone();
        if (options.Writing.DelayUpdates)
            WaitUntil(() => _phasesEnded >= 2);
        SayDone();
        var isLate = _items.IsLate || options.Writing.DelayUpdates;
        if (!isLate)
            SayLastDone();
        WaitUntil(() => _phasesEnded >= 3);
        _items.Finish();
        if (isLate)
            SayLastDone();
        WaitUntil(() => _ended);
        SayDone();
        _writer.Flush();
    }

    /// <summary>The end of late deletions, with the count of all (docs/protocol.md 10.5).</summary>
    private void SayLastDone()
    {
        if (_reception.Session.Terms.Protocol < 31)
            return;
        var deletion = _reception.Options.Deletion;
        if (deletion.Force || deletion.Mode != DeleteMode.None)
        {
            var deleted = _reception.Stats.Deleted;
            _writer.WriteIndex(FileIndex.DeletionCounts);
            ReadOnlySpan<long> counts = [deleted.Regular, deleted.Directories, deleted.Links, deleted.Devices, deleted.Specials];
            foreach (var count in counts)
                _writer.WriteVarint((int)count);
        }
        SayDone();
    }

    private int CountWaiting()
    {
        var count = 0;
        foreach (var work in _waiting)
            count += work.List.Count;
        return count;
    }

    /// <summary>The next list to go through, waited for; null when there is none any more.</summary>
    private WorkList? NextList()
    {
        WaitUntil(() => _waiting.Count > 0 || _allListed);
        return _waiting.TryDequeue(out var work) ? work : null;
    }

    private void GoThrough(WorkList work)
    {
        var list = work.List;
        _items.Begin(work);
        _reception.Pace?.Move(list.Start - 1);
        for (var index = list.Start; index < list.Start + list.Count; index++)
        {
            if (list[index] is not { } entry)
                continue;
            _items.Handle(new Item(entry, index, work, _reception.PathOf(entry)));
            _reception.Pace?.Move(index);
            Attend();
        }
        _reception.Pace?.Move(list.Start + list.Count - 1);
        // What is said overtakes what is asked for, in stock by no more than a list where it need not know the next one.
        if (_reception.Half.Report.Info[InfoFlag.Name] > 1 && _reception.Options.Preserve.HardLinks == 0)
            _writer.Flush();
    }

    /// <summary>What must not wait until a list has been gone through.</summary>
    private void Attend()
    {
        if (_writer.Pending >= FlushFrom)
            _writer.Flush();
        _reception.Session.KeepAliveInTime();
        while (_reception.News.TryTake(out var news))
            Take(news);
    }

    /// <summary>Flushes before it waits, and shows the peer that it is alive.</summary>
    private void WaitUntil(Func<bool> isSo)
    {
        while (!isSo())
        {
            if (!_reception.News.TryTake(out var news))
            {
                _writer.Flush();
                var came = _reception.News.Wait(_keepAlive);
                _stopped.ThrowIfCancellationRequested();
                if (!came)
                    _writer.KeepAlive();
                continue;
            }
            Take(news);
        }
    }

    private void Take(News news)
    {
        switch (news.Kind)
        {
            case NewsKind.List:
                _waiting.Enqueue(news.List!);
                break;
            case NewsKind.ListsEnd:
                _allListed = true;
                break;
            case NewsKind.Nothing:
                (_nothing, _allListed) = (true, true);
                break;
            case NewsKind.PhaseEnd:
                _phasesEnded++;
                break;
            case NewsKind.End:
                _ended = true;
                break;
            case NewsKind.Redo when _incremental:
                _items.RequestAgain(news.Request!);
                break;
            case NewsKind.Redo:
                _redo.Enqueue(news.Request!);
                break;
            default:
                _items.Finished(news.Request!, news.Kind == NewsKind.Received);
                FinishLists();
                break;
        }
    }

    /// <summary>
    /// Says DONE for the lists whose work is finished, oldest first. The newest one waits until there is a newer, or no more will come.
    /// </summary>
    private void FinishLists()
    {
        while (_incremental && _open.TryPeek(out var work) && work.Outstanding == 0
            && (_open.Count > 1 || (_allListed && _waiting.Count == 0)))
        {
            _open.Dequeue();
            _items.LeaveDirectory(work);
            SayDone();
        }
    }

    private void Redo()
    {
        while (_redo.TryDequeue(out var request))
            _items.RequestAgain(request);
    }

    private void SayDone()
    {
        _reception.CountDone();
        _writer.WriteIndex(FileIndex.Done);
    }
}
