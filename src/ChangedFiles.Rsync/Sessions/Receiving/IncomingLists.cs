using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>The file lists as they come: read, checked, and passed on to the generator. Belongs to the receiving thread.</summary>
internal sealed class IncomingLists
{
    private readonly Reception _reception;
    private readonly Session _session;
    private readonly TransferOptions _options;
    private readonly FileLists _lists;
    private readonly FileListReader _reader;
    private readonly List<WorkList> _held = [];
    private bool _isOpen;

    public IncomingLists(Reception reception)
    {
        (_reception, _session, _options) = (reception, reception.Session, reception.Options);
        var format = FileListFormats.Of(_session.Terms, _options);
        _lists = new FileLists(format.Incremental, receiving: true);
        _reader = new FileListReader(_session.Reader, format, reception.Ids)
        {
            MungesLinks = _options.Selection.MungeLinks,
            IsRequested = reception.Half.Requested is { } requested ? requested.Allow : null,
        };
    }

    /// <summary>Reads the first list, and as much as is needed to know what the destination is.</summary>
    /// <returns>False when there is nothing in it.</returns>
    public bool ReadFirst()
    {
        _reception.Events.OnListBegins?.Invoke(_session.Terms.Has(CompatFlags.IncrementalRecursion));
        ReadList(-1);
        _reception.Events.OnListEnds?.Invoke();
        // One entry could be a single file or a directory with contents (docs/protocol.md 6.8).
        if (_lists.TotalEntries <= 1 && !_lists.Complete)
            Read(_session.Reader.ReadIndex());
        if (_lists.TotalEntries > 0 && !_options.ListOnly)
            new DestinationResolution(_reception).Resolve(_lists[0], _lists.TotalEntries);
        _reception.Open();
        _isOpen = true;
        // A server with nothing to send is gone: the generator must not wait for its phases.
        if (_lists.TotalEntries == 0 && !_session.IsServer)
            return false;
        foreach (var work in _held)
            _reception.News.Add(new News(NewsKind.List, List: work));
        if (_lists.Complete)
            _reception.News.Add(new News(NewsKind.ListsEnd));
        return _lists.TotalEntries > 0;
    }

    /// <summary>Takes what an index below the items announces: a list, or that there are no more.</summary>
    public void Read(int index)
    {
        if (index <= FileIndex.ListOffset)
        {
            ReadList(FileIndex.ListOffset - index);
            return;
        }
        if (index != FileIndex.ListsEnd || _lists.Complete)
            throw _session.Reader.Bad($"index {index} where a list could be");
        _lists.Complete = true;
        _reception.Stats.FilesComplete = true;
        if (_isOpen)
            _reception.News.Add(new News(NewsKind.ListsEnd));
    }

    /// <summary>The oldest list that is not finished; null when all are.</summary>
    public FileList.FileList? First => _lists.Count > 0 ? _lists[0] : null;

    public FileEntry? Find(int index)
    {
        var list = _lists.ListOf(index);
        if (list is not null)
            Check(list, index);
        return list?[index];
    }

    /// <summary>All that the oldest list asked for has been done; false when there is no list any more.</summary>
    public bool BeginFinish()
    {
        if (First is not { } list)
            return false;
        Check(list, list.Start + list.Count - 1);
        return true;
    }

    private void Check(FileList.FileList list, int index) =>
        _reception.Stats.Checked = Math.Max(_reception.Stats.Checked, list.SlotsUpTo(index, IsIncremental));

    private bool IsIncremental => _session.Terms.Has(CompatFlags.IncrementalRecursion);

    /// <summary>The oldest list is finished on both sides; true when it was the last.</summary>
    public bool Finish()
    {
        if (_lists.Count == 0)
            throw _session.Reader.Bad("the end of a list that does not exist");
        // A list that came whole is not let go: names are linked and files asked for again until the end.
        if (!IsIncremental)
            return true;
        _lists.RemoveFirst();
        return _lists.Count == 0 && _lists.Complete;
    }

    private void ReadList(int directoryNumber)
    {
        var before = _session.Connection.BytesRead;
        var list = _reader.Read(_lists, directoryNumber);
        _reception.AddIoError(_reader.IoError);
        if (_lists.Complete && _options.Selection.PruneEmptyDirs)
            list.PruneEmptyDirectories(_ => false);
        var stats = _reception.Stats;
        foreach (var entry in list.Slots)
        {
            // What came counts, also what lost its slot.
            stats.Files = stats.Files.Add(entry.Mode);
            if (entry.IsRegular || entry.IsSymlink)
                stats.TotalSize += entry.Length;
            if (!entry.IsBlank)
                Prepare(entry);
        }
        stats.FilesComplete = _lists.Complete;
        stats.FileListSize += _session.Connection.BytesRead - before;
        var work = new WorkList(list, _reception.IoError);
        if (_isOpen)
            _reception.News.Add(new News(NewsKind.List, List: work));
        else
            _held.Add(work);
    }

    private void Prepare(FileEntry entry)
    {
        if (entry.IsDirectory && _reception.Half.Requested is { } requested)
            entry.Content = requested.IsOnlyParent(entry.Path) ? DirectoryContent.Implied
                : requested.AllowsContents(entry.Path) ? entry.Content : entry.Content | DirectoryContent.None;
        if (_options.Preserve.Chmod is { } chmod && !entry.IsSymlink && !entry.IsMissing)
            entry.ChangeMode(chmod.Apply(entry.Mode));
    }
}
