using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>
/// Sessions that are open, negotiated and waiting for their file list, so that a change does not wait for a connection. Refilled in the
/// background after each use; a session that died while it waited is simply replaced.
/// </summary>
/// <param name="open">Opens one; blocks.</param>
/// <param name="retire">Ends an unused one as the peer likes it.</param>
/// <param name="size">How many to keep.</param>
internal sealed class WarmSessions(Func<CancellationToken, Session> open, Action<Session> retire, int size) : IDisposable
{
    /// <summary>A waiting session is replaced after this time: the daemon read its configuration when it was opened.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>How often a waiting session shows that it is alive; a module's own "timeout" may ask for less.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<Session> _waiting = new();
    private readonly CancellationTokenSource _closed = new();
    private Task _refill = Task.CompletedTask;

    /// <summary>A session that is good as far as can be seen: a waiting one, else a new one.</summary>
    /// <exception cref="RsyncException">None could be opened, or the peer told a waiting one why it ends it.</exception>
    public Session Take(CancellationToken cancellation)
    {
        while (true)
        {
            Session? session;
            lock (_lock)
                _waiting.TryDequeue(out session);
            if (session is null)
                return open(cancellation);
            if (IsGood(session))
                return session;
            session.Dispose();
        }
    }

    /// <summary>Opens sessions in the background until there are enough. Failing is left to the next <see cref="Take"/> to find out.</summary>
    public void Refill()
    {
        lock (_lock)
        {
            if (_refill.IsCompleted && _waiting.Count < size && !_closed.IsCancellationRequested)
                _refill = Task.Factory.StartNew(Fill, _closed.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Ends the waiting sessions: they were opened for something that is not wanted any more.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var session))
                Retire(session);
        }
    }

    /// <summary>Keeps the waiting sessions alive and young.</summary>
    /// <returns>When to call again at the latest.</returns>
    public TimeSpan Tend()
    {
        var next = KeepAliveInterval;
        lock (_lock)
        {
            for (var count = _waiting.Count; count > 0; count--)
            {
                var session = _waiting.Dequeue();
                if (TimeSpan.FromMilliseconds(Environment.TickCount64 - session.OpenedAt) < MaxAge && KeepAlive(session, ref next))
                    _waiting.Enqueue(session);
                else
                    Retire(session);
            }
        }
        Refill();
        return next;
    }

    public void Dispose()
    {
        _closed.Cancel();
        try
        {
            _refill.Wait();
        }
        catch (AggregateException)
        {
            // It was cancelled.
        }
        Discard();
        _closed.Dispose();
    }

    private void Fill()
    {
        try
        {
            while (!_closed.IsCancellationRequested)
            {
                lock (_lock)
                {
                    if (_waiting.Count >= size)
                        return;
                }
                var session = open(_closed.Token);
                lock (_lock)
                    _waiting.Enqueue(session);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The worker meets the same failure when it needs a session, and reports it then.
        }
    }

    private static bool KeepAlive(Session session, ref TimeSpan next)
    {
        if (!IsGood(session))
            return false;
        var interval = session.KeepAliveInterval is { } wanted && wanted < KeepAliveInterval ? wanted : KeepAliveInterval;
        next = interval < next ? interval : next;
        try
        {
            session.KeepAlive(interval / 2);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsGood(Session session)
    {
        try
        {
            return session.IsStillGood();
        }
        catch (RsyncException)
        {
            return false;
        }
    }

    private void Retire(Session session)
    {
        using (session)
        {
            try
            {
                if (IsGood(session))
                    retire(session);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                // It is closed either way.
            }
        }
    }
}
