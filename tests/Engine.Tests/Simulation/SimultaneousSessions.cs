namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// Sessions that are open at the same time, on threads of their own. One of them runs, and between its steps perhaps lets another one run: which follows
/// from the seed.
/// </summary>
internal sealed class SimultaneousSessions(Random random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly object _lock = new();
    private readonly SortedSet<int> _waiting = [];
    private readonly SortedSet<int> _running = [];
    private int _opened;
    private int _turn;
    private Thread? _ended;

    /// <summary>One more is open.</summary>
    /// <returns>Its number.</returns>
    public int Open()
    {
        lock (_lock)
        {
            _waiting.Add(++_opened);
            return _opened;
        }
    }

    public void Close(int number)
    {
        lock (_lock)
            _waiting.Remove(number);
    }

    /// <summary>It runs, when all that are open have come so far and it is its turn.</summary>
    public void Enter(int number)
    {
        lock (_lock)
        {
            _waiting.Remove(number);
            _running.Add(number);
            (_turn, _ended) = (_running.Min, null);
            Wait(number);
        }
    }

    /// <summary>Between two steps.</summary>
    public void Pass(int number)
    {
        lock (_lock)
        {
            if (_running.Count < 2 || random.Next(3) > 0)
                return;
            _turn = _running.First(other => other != number);
            Wait(number);
        }
    }

    public void Leave(int number)
    {
        lock (_lock)
        {
            _running.Remove(number);
            (_turn, _ended) = (_running.Min, Thread.CurrentThread);
            Monitor.PulseAll(_lock);
        }
    }

    private void Wait(int number)
    {
        Monitor.PulseAll(_lock);
        while (_turn != number || _waiting.Count > 0)
        {
            if (!Monitor.Wait(_lock, Longest))
                throw new TimeoutException("the other session does not go on");
        }
        // What it still has to say after its session is said before this one goes on.
        _ended?.Join();
        _ended = null;
    }
}
