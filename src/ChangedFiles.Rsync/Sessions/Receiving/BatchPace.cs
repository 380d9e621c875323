namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Lets a receiver that reads a batch file wait for the generator, which nobody else can hold up: what the file says next would otherwise come
/// before it was asked for.
/// </summary>
internal sealed class BatchPace
{
    /// <summary>How long a waiter sleeps at most before it looks for itself, in milliseconds.</summary>
    private const int Look = 20;

    private readonly object _sync = new();
    private int _passed = -1;

    /// <summary>The generator has got somewhere; with an index, past that.</summary>
    public void Move(int index = -1)
    {
        lock (_sync)
        {
            _passed = Math.Max(_passed, index);
            Monitor.PulseAll(_sync);
        }
    }

    /// <summary>True when the generator is past an index.</summary>
    public bool IsPast(int index)
    {
        lock (_sync)
            return _passed >= index;
    }

    /// <summary>Waits until something is so.</summary>
    public void WaitUntil(Func<bool> isSo, CancellationToken stopped)
    {
        while (!isSo())
        {
            stopped.ThrowIfCancellationRequested();
            lock (_sync)
                Monitor.Wait(_sync, Look);
        }
    }
}
