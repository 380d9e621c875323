using ChangedFiles.Rsync.FileList;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>One complete list: a batch of named paths, or a recursion that was not allowed to come in pieces.</summary>
internal sealed class SingleList : IOutgoingLists
{
    private readonly FileEntry[] _sorted;

    /// <summary>Sends the list.</summary>
    /// <param name="entries">In the order they are to travel; no name twice. Sorted in place afterwards.</param>
    public SingleList(FileListWriter writer, FileEntry[] entries, int ioError)
    {
        IoError = ioError;
        foreach (var entry in entries)
            writer.Write(entry);
        writer.WriteEnd(ioError);
        _sorted = entries;
        FileOrder.Sort(_sorted);
    }

    public int IoError { get; }

    public FileEntry? Find(int index) => index >= 0 && index < _sorted.Length ? _sorted[index] : null;

    public bool IsListDirectory(int index) => false;

    public void SendAhead()
    {
    }

    public bool SendNext() => false;

    public bool BeginFinish() => true;

    public bool Finish() => false;
}
