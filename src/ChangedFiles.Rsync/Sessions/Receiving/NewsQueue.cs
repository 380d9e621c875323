using System.Diagnostics.CodeAnalysis;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// From the receiving thread to the generating one. Requests and lists bound it. What the receiver adds is gathered until it is about to wait
/// for the peer: waking the other thread for each small file would cost both of them more than the file does.
/// </summary>
/// <param name="atOnce">Nothing is gathered: the receiver also waits for the generator.</param>
internal sealed class NewsQueue(bool atOnce)
{
    private readonly object _sync = new();

    /// <summary>The receiver's.</summary>
    private readonly List<News> _gathered = [];

    /// <summary>The generator's.</summary>
    private Queue<News> _taken = [];

    private Queue<News> _told = [];
    private volatile bool _hasTold;
    private bool _isStopped;

    public void Add(News news)
    {
        _gathered.Add(news);
        if (atOnce)
            Tell();
    }

    /// <summary>Lets the generator have what was added.</summary>
    public void Tell()
    {
        if (_gathered.Count == 0)
            return;
        lock (_sync)
        {
            foreach (var news in _gathered)
                _told.Enqueue(news);
            _hasTold = true;
            Monitor.Pulse(_sync);
        }
        _gathered.Clear();
    }

    /// <summary>Ends every wait.</summary>
    public void Stop()
    {
        lock (_sync)
        {
            _isStopped = true;
            Monitor.Pulse(_sync);
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out News news)
    {
        if (_taken.Count == 0 && _hasTold)
        {
            lock (_sync)
            {
                (_taken, _told) = (_told, _taken);
                _hasTold = false;
            }
        }
        return _taken.TryDequeue(out news);
    }

    /// <summary>Waits until there is something to take; false when <paramref name="milliseconds"/> have passed (-1: never), or at the stop.</summary>
    public bool Wait(int milliseconds)
    {
        lock (_sync)
            return _hasTold || (!_isStopped && Monitor.Wait(_sync, milliseconds) && _hasTold);
    }
}
