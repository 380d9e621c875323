using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>Keeps what a source says. A test may hold the source's thread in a call, so that the kernel's queue fills.</summary>
internal sealed class RecordingSink : IEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WatchEvent> _events = [];
    private readonly List<(TreePath Directory, Errno Reason)> _unwatched = [];
    private readonly ManualResetEventSlim _open = new(true);
    private readonly ManualResetEventSlim _held = new();

    public Exception? Failure { get; private set; }

    public IReadOnlyList<WatchEvent> Seen
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    public IReadOnlyList<(TreePath Directory, Errno Reason)> NotWatched
    {
        get
        {
            lock (_lock)
                return [.. _unwatched];
        }
    }

    public void Forget()
    {
        lock (_lock)
            _events.Clear();
    }

    /// <summary>The next call is held until <see cref="Release"/>.</summary>
    public void Hold() => _open.Reset();

    public void WaitUntilHeld() => Assert.True(_held.Wait(TimeSpan.FromSeconds(30)));

    public void Release() => _open.Set();

    public void Events(ReadOnlySpan<WatchEvent> events)
    {
        lock (_lock)
            _events.AddRange(events);
        if (_open.IsSet)
            return;
        _held.Set();
        _open.Wait();
    }

    public void Unwatched(TreePath directory, Errno reason)
    {
        lock (_lock)
            _unwatched.Add((directory, reason));
    }

    public void Failed(Exception reason) => Failure = reason;

    public void Dispose()
    {
        _open.Dispose();
        _held.Dispose();
    }
}
