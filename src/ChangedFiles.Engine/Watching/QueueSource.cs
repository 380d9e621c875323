using System.Diagnostics;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// What the sources have in common: a thread that waits for the kernel's queue, for mounts and for the end. All state of a source
/// belongs to that thread once it runs.
/// </summary>
internal abstract class QueueSource : IEventSource
{
    /// <summary>After so many milliseconds it is looked whether the thread is still there.</summary>
    private const int LongestWait = 100;

    private readonly Wakeup _wake = new();
    private readonly object _catchingUp = new();
    private readonly SipPacing _pacing = new();
    private Thread? _thread;
    private WatchBatch? _batch;
    private volatile bool _disposed;
    private long _asked;
    private long _reached;

    /// <param name="root">The directory to watch; the source keeps a handle of its own.</param>
    protected QueueSource(SafeFileHandle root, WatchOptions options)
    {
        LinuxException.ThrowIf(Directories.Open(root, "."u8, readable: false, out var own), "open", "the root of the watched tree");
        Root = own!;
        Options = options;
        Mounts = new TreeMounts(Root);
    }

    public abstract string Name { get; }

    public string Description { get; init; } = "";

    protected SafeFileHandle Root { get; }

    protected WatchOptions Options { get; }

    protected TreeMounts Mounts { get; }

    /// <summary>Where events go. There from <see cref="Prepare"/> on.</summary>
    protected WatchBatch Batch => _batch!;

    /// <summary>The kernel's queue, readable when events wait.</summary>
    protected abstract int QueueDescriptor { get; }

    public void Start(IEventSink sink, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_thread is not null)
            throw new InvalidOperationException("a source is started once");
        _batch = new WatchBatch(sink);
        Prepare(cancellation);
        _thread = new Thread(Run) { IsBackground = true, Name = $"{Name} events" };
        _thread.Start();
    }

    public bool CatchUp(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        lock (_catchingUp)
        {
            var mine = ++_asked;
            _wake.Raise();
            while (_reached < mine && _thread is { IsAlive: true } && clock.Elapsed < limit)
                Monitor.Wait(_catchingUp, Math.Clamp((int)(limit - clock.Elapsed).TotalMilliseconds, 1, LongestWait));
            return _reached >= mine;
        }
    }

    /// <summary>Stops and waits for the thread: no call to the sink is under way or follows. Not to be called from the sink.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _wake.Raise();
        _thread?.Join();
        Close();
        Mounts.Dispose();
        Root.Dispose();
        _wake.Dispose();
    }

    /// <summary>Begins to watch, so that every later change is in the queue.</summary>
    protected abstract void Prepare(CancellationToken cancellation);

    /// <summary>Reads the queue once and puts the events into the batch. The number of the kernel's events.</summary>
    protected abstract int Drain();

    /// <summary>A mount came or went at these points.</summary>
    protected virtual void MountsChanged(List<TreePath> points)
    {
        foreach (var point in points)
            Batch.AddSubtree(point, FileOperations.Mount);
    }

    /// <summary>Frees what the source opened.</summary>
    protected abstract void Close();

    /// <summary>Set when the root has gone: it is said, and the source ends.</summary>
    protected bool RootGone { get; set; }

    protected bool IsExcluded(TreePath directory) => Options.Excludes is { } excludes && excludes(directory);

    /// <summary>What an event says of its name. fanotify has the bits of inotify for it.</summary>
    protected static FileOperations Operations(InotifyEvents events)
    {
        var operations = FileOperations.None;
        if ((events & InotifyEvents.Create) != 0)
            operations |= FileOperations.Create;
        if ((events & InotifyEvents.Modify) != 0)
            operations |= FileOperations.Modify;
        if ((events & InotifyEvents.CloseWrite) != 0)
            operations |= FileOperations.CloseWrite;
        if ((events & InotifyEvents.Attributes) != 0)
            operations |= FileOperations.Attributes;
        if ((events & InotifyEvents.Delete) != 0)
            operations |= FileOperations.Delete;
        return operations;
    }

    private void Run()
    {
        try
        {
            while (!_disposed && !RootGone)
                Step();
            if (RootGone)
                Batch.Add(TreePath.Root, FileOperations.RootGone, isDirectory: true);
            Batch.Flush();
        }
        catch (Exception reason)
        {
            Batch.Sink.Failed(reason);
        }
    }

    private void Step()
    {
        Span<PollEntry> entries =
        [
            new(_wake.Descriptor, PollEvents.Readable),
            new(QueueDescriptor, PollEvents.Readable),
            new(Mounts.Descriptor, PollEvents.Priority),
        ];
        Poll.Wait(entries, -1);
        if (_disposed)
            return;
        _wake.Clear();
        var asked = Volatile.Read(ref _asked);
        if (entries[2].Came != PollEvents.None)
            LookAtMounts();
        var sip = false;
        if (entries[1].Came != PollEvents.None)
        {
            var began = Stopwatch.GetTimestamp();
            sip = _pacing.ShouldSip(Drain(), began);
        }
        while (asked > _reached && Drain() > 0)
        {
        }
        Batch.Flush();
        if (asked > _reached)
            HasCaughtUp(asked);
        if (sip)
            Poll.Wait(entries[..1], SipPacing.SipMilliseconds);
    }

    private void HasCaughtUp(long asked)
    {
        lock (_catchingUp)
        {
            _reached = asked;
            Monitor.PulseAll(_catchingUp);
        }
    }

    private void LookAtMounts()
    {
        Batch.Stamp();
        var points = Mounts.Refresh();
        RootGone |= Mounts.RootGone;
        MountsChanged(points);
    }
}
