namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// The lists of a session that are in use, and all directories that were ever in one (docs/protocol.md 6.6 to 6.8). Both sides number
/// lists, entries and directories alike. Belongs to one thread.
/// </summary>
/// <param name="incremental">The lists come in pieces.</param>
/// <param name="receiving">True on the receiving side, where no name stays twice.</param>
internal sealed class FileLists(bool incremental, bool receiving)
{
    private readonly List<FileList> _lists = [];
    private readonly List<FileEntry> _directories = [];
    private readonly HashSet<int> _listed = [];
    private int _finished;

    /// <summary>True when no further list will come.</summary>
    public bool Complete { get; set; }

    /// <summary>Number of lists in use.</summary>
    public int Count => _lists.Count - _finished;

    /// <summary>Number of lists in use and finished.</summary>
    public int TotalLists { get; private set; }

    /// <summary>Number of slots of all lists, in use and finished.</summary>
    public int TotalEntries { get; private set; }

    /// <summary>Index at which the next list will start.</summary>
    public int NextStart { get; private set; } = incremental ? 1 : 0;

    /// <summary>How many directories have a number.</summary>
    public int DirectoryCount => _directories.Count;

    /// <summary>The lists in use, oldest first.</summary>
    public FileList this[int position] => _lists[_finished + position];

    /// <summary>Sorts and numbers a list that is complete.</summary>
    /// <param name="entries">In order of transmission.</param>
    /// <param name="directoryNumber">The directory whose contents they are; -1 for the first list.</param>
    public FileList Add(List<FileEntry> entries, int directoryNumber = -1)
    {
        var sorted = entries.ToArray();
        FileOrder.Sort(sorted);
        var isFirst = TotalLists == 0;
        if (isFirst && sorted is [{ Path.IsRoot: true }, ..])
            directoryNumber = 0;
        if (incremental)
            _directories.AddRange(sorted.Where(entry => entry.IsDirectory));
        var directory = !incremental || directoryNumber < 0 ? null : _directories[directoryNumber];
        var list = new FileList(sorted, NextStart, directoryNumber, directory) { Number = TotalLists + 1 };
        if (receiving)
        {
            list.BlankDuplicates();
            list.NumberLinks();
        }
        _listed.Add(directoryNumber);
        _lists.Add(list);
        (TotalLists, TotalEntries, NextStart) = (TotalLists + 1, TotalEntries + list.Count, NextStart + list.Count + 1);
        Complete |= !incremental;
        return list;
    }

    /// <summary>What an index stands for; null when it is in no list that is in use, or its slot is empty.</summary>
    public FileEntry? Find(int index) => ListOf(index)?[index];

    /// <summary>The list in use that has an index, or whose directory the index stands for; null when there is none.</summary>
    public FileList? ListOf(int index)
    {
        var (low, high) = (_finished, _lists.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var list = _lists[middle];
            if (index < list.Start - 1)
                high = middle - 1;
            else if (index >= list.Start + list.Count)
                low = middle + 1;
            else
                return list;
        }
        return null;
    }

    /// <summary>The directory of a number; null when there is none, or it lost against another of the same name.</summary>
    public FileEntry? Directory(int number) =>
        number >= 0 && number < _directories.Count && !_directories[number].IsBlank ? _directories[number] : null;

    /// <summary>The same for the sending side, where none is lost.</summary>
    internal FileEntry NumberedDirectory(int number) => _directories[number];

    /// <summary>True when the contents of a directory have been listed: there is one list for each.</summary>
    public bool IsListed(int directoryNumber) => _listed.Contains(directoryNumber);

    /// <summary>The oldest list is finished; its entries are let go, its directories stay.</summary>
    public void RemoveFirst()
    {
        _lists[_finished++] = null!;
        if (_finished < 64 || _finished < _lists.Count / 2)
            return;
        _lists.RemoveRange(0, _finished);
        _finished = 0;
    }
}
