using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// A complete list in its order, numbered (docs/protocol.md 6.6). On the receiving side no name is in it twice: a slot that lost
/// keeps its number but holds nothing.
/// </summary>
internal sealed class FileList
{
    private readonly FileEntry[] _entries;

    internal FileList(FileEntry[] sorted, int start, int directoryNumber, FileEntry? directory) =>
        (_entries, Start, DirectoryNumber, Directory) = (sorted, start, directoryNumber, directory);

    /// <summary>Index of the first slot. The one before stands for <see cref="Directory"/>.</summary>
    public int Start { get; }

    /// <summary>Which list of the session it is, from 1.</summary>
    public int Number { get; internal init; } = 1;

    /// <summary>Number of slots.</summary>
    public int Count => _entries.Length;

    /// <summary>Number of the directory whose contents these are (6.7); -1 for none.</summary>
    public int DirectoryNumber { get; }

    /// <summary>The directory whose contents these are; for a first list its ".", if it has one.</summary>
    public FileEntry? Directory { get; }

    /// <summary>All slots, also the empty ones.</summary>
    public ReadOnlySpan<FileEntry> Slots => _entries;

    /// <summary>What an index stands for; null outside of the list and for an empty slot.</summary>
    public FileEntry? this[int index]
    {
        get
        {
            if (index == Start - 1)
                return Directory;
            var slot = (uint)(index - Start) < (uint)_entries.Length ? _entries[index - Start] : null;
            return slot?.IsBlank == false ? slot : null;
        }
    }

    /// <summary>Slots of the session up to an index of this list. Between two incremental lists is one number that is no slot (6.6).</summary>
    public int SlotsUpTo(int index, bool incremental) => index + 1 - (incremental ? Number : 0);

    /// <summary>True when the list has something of this name.</summary>
    public bool Contains(TreePath path) => Find(path, isDirectory: false) >= 0 || Find(path, isDirectory: true) >= 0;

    /// <summary>Index of the directory, or of the non-directory, of this name; -1 when there is none.</summary>
    public int Find(TreePath path, bool isDirectory)
    {
        var slot = Search(_entries, path, isDirectory, fromRoot: false);
        if (slot < 0)
            slot = Search(_entries, path, isDirectory, fromRoot: true);
        return slot < 0 || _entries[slot].IsBlank ? -1 : Start + slot;
    }

    /// <summary>Empties the slots of names that occur twice: the first stays, or the directory if only one of them is (6.6).</summary>
    internal void BlankDuplicates()
    {
        FileEntry? last = null;
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            if (last is not null && FileOrder.Compare(last, entry) == 0)
            {
                entry.IsBlank = true;
                if (entry.IsDirectory)
                    last.Content = Merge(last.Content, entry.Content);
                continue;
            }
            last = entry;
            if (entry.IsDirectory && Search(_entries.AsSpan(0, i), entry.Path, isDirectory: false, entry.FromRoot) is >= 0 and var same)
                _entries[same].IsBlank = true;
        }
    }

    /// <summary>Tells the groups of hard links which of their members are here.</summary>
    internal void NumberLinks()
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (!_entries[i].IsBlank)
                _entries[i].Links?.Numbered(Start + i);
        }
    }

    /// <summary>
    /// Empties the slots of directories with nothing but directories in them (<c>--prune-empty-dirs</c>), apart from the top.
    /// For a complete list on the receiving side.
    /// </summary>
    /// <param name="isProtected">True for a directory that filter rules protect: it stays, with those it is in.</param>
    public void PruneEmptyDirectories(Predicate<TreePath> isProtected)
    {
        var above = new Stack<FileEntry>();
        foreach (var entry in _entries)
        {
            if (entry.IsBlank || entry.Path.IsRoot)
                continue;
            while (above.TryPeek(out var top) && !entry.Path.IsBelow(top.Path))
                above.Pop().IsBlank = true;
            if (entry.IsDirectory && !isProtected(entry.Path))
                above.Push(entry);
            else
                above.Clear();
        }
        foreach (var empty in above)
            empty.IsBlank = true;
    }

    /// <summary>An entry whose directory is not in the list; null when there is none. Names to be deleted may stand alone (6.9).</summary>
    internal FileEntry? FindOrphan()
    {
        var above = new Stack<FileEntry>();
        foreach (var entry in _entries)
        {
            if (entry.IsBlank)
                continue;
            while (above.TryPeek(out var top) && !entry.Path.IsBelow(top.Path))
                above.Pop();
            var parent = entry.Path.ParentBytes;
            var isListed = parent.IsEmpty || (above.TryPeek(out var directory) && parent.SequenceEqual(directory.Path.Bytes));
            if (!isListed && !entry.IsMissing)
                return entry;
            if (entry.IsDirectory && !entry.Path.IsRoot)
                above.Push(entry);
        }
        return null;
    }

    private static DirectoryContent Merge(DirectoryContent one, DirectoryContent other)
    {
        if (one is DirectoryContent.Top || other is DirectoryContent.Top)
            return DirectoryContent.Top;
        if (one is DirectoryContent.Listed || other is DirectoryContent.Listed)
            return DirectoryContent.Listed;
        return one == other ? one : DirectoryContent.None;
    }

    private static int Search(ReadOnlySpan<FileEntry> entries, TreePath path, bool isDirectory, bool fromRoot)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var entry = entries[middle];
            var order = FileOrder.Compare(entry.Path.Bytes, entry.IsDirectory, entry.FromRoot, path.Bytes, isDirectory, fromRoot);
            if (order < 0)
                low = middle + 1;
            else if (order > 0)
                high = middle - 1;
            else
                return FirstEqual(entries, middle);
        }
        return -1;
    }

    /// <summary>Of several of one name the first one counts.</summary>
    private static int FirstEqual(ReadOnlySpan<FileEntry> entries, int at)
    {
        while (at > 0 && FileOrder.Compare(entries[at - 1], entries[at]) == 0)
            at--;
        return at;
    }
}
