using System.Diagnostics;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>Collects events for the sink; neighbours that say the same of one name become one.</summary>
internal sealed class WatchBatch(IEventSink sink)
{
    private const int Capacity = 1024;
    private const FileOperations Written = FileOperations.Modify | FileOperations.CloseWrite | FileOperations.Attributes;
    private const FileOperations Mergeable = Written | FileOperations.Create | FileOperations.Found;

    private readonly WatchEvent[] _events = new WatchEvent[Capacity];
    private int _count;
    private long _timestamp;

    public IEventSink Sink => sink;

    /// <summary>The events that follow were read now.</summary>
    public void Stamp() => _timestamp = Stopwatch.GetTimestamp();

    public void Add(TreePath path, FileOperations operations, bool isDirectory = false, int processId = 0, TreePath oldPath = default)
    {
        if (_count > 0 && Merge(ref _events[_count - 1], path, operations, processId))
            return;
        if (_count == Capacity)
            Flush();
        _events[_count++] = new WatchEvent(path, operations, isDirectory, processId, oldPath, _timestamp);
    }

    /// <summary>Everything below a directory (or the whole tree) must be looked at.</summary>
    public void AddSubtree(TreePath directory, FileOperations why) => Add(directory, why | FileOperations.Subtree, isDirectory: true);

    /// <summary>Hands over what there is.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        var count = _count;
        _count = 0;
        sink.Events(_events.AsSpan(0, count));
        _events.AsSpan(0, count).Clear();
    }

    private static bool Merge(ref WatchEvent last, TreePath path, FileOperations operations, int processId)
    {
        if (last.ProcessId != processId || last.Path != path)
            return false;
        var isSame = last.Operations == operations && (operations & FileOperations.Rename) == 0;
        if (!isSame && ((operations & ~Written) != 0 || (last.Operations & ~Mergeable) != 0))
            return false;
        last = last with { Operations = last.Operations | operations };
        return true;
    }
}
