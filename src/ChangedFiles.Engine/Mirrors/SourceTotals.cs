using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Mirrors;

/// <summary>Counts what there is to mirror, beside the first sync, so that somebody who waits for it can be told how long.</summary>
public sealed class SourceTotals
{
    private readonly IFileSource _source;
    private readonly Selection _selection;
    private long _names;
    private long _bytes;

    private SourceTotals(IFileSource source, Selection selection) => (_source, _selection) = (source, selection);

    /// <summary>Names seen so far, the top directory among them.</summary>
    public long Names => Interlocked.Read(ref _names);

    /// <summary>Bytes of the regular files among them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>All has been counted.</summary>
    public bool Complete { get; private set; }

    /// <summary>Counts on a thread of its own.</summary>
    internal static SourceTotals Begin(IFileSource source, Selection selection, CancellationToken cancellation)
    {
        var totals = new SourceTotals(source, selection);
        new Thread(() => totals.Count(cancellation)) { IsBackground = true, Name = "counting the source" }.Start();
        return totals;
    }

    private void Count(CancellationToken cancellation)
    {
        _names = 1;
        foreach (var (path, entry) in _source.Names(_selection.Excludes))
        {
            if (cancellation.IsCancellationRequested)
                return;
            Interlocked.Increment(ref _names);
            if (entry.Kind != FileKind.Directory && _source.Stat(path, out var stat) == Errno.None && stat.IsRegular)
                Interlocked.Add(ref _bytes, stat.Size);
        }
        Complete = true;
    }
}
