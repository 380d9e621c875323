using System.Runtime.ExceptionServices;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Runs the generator beside the receiver. The first of them that fails ends the waits of the other; what it failed with is what is
/// reported, unless the other one has the peer's own words.
/// </summary>
internal sealed class GeneratorThread : IDisposable
{
    private readonly Reception _reception;
    private readonly CancellationTokenSource _stop;
    private readonly List<Exception> _failures = [];

    public GeneratorThread(Reception reception, CancellationToken cancellation)
    {
        _reception = reception;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Cancelled when either half has failed, or the session is cancelled.</summary>
    public CancellationToken Stopped => _stop.Token;

    public void RunBeside(Action receiver)
    {
        var thread = new Thread(() => Guard(() => new Generator(_reception, Stopped).Run()))
        {
            IsBackground = true,
            Name = "rsync generator",
        };
        thread.Start();
        Guard(receiver);
        thread.Join();
    }

    /// <summary>Throws what ended the session before its time.</summary>
    public void ThrowFirst()
    {
        if (_failures.Count == 0)
            return;
        var told = _failures.Find(failure => failure is RsyncException { FromPeer: true }) ?? _failures[0];
        ExceptionDispatchInfo.Throw(told);
    }

    public void Dispose() => _stop.Dispose();

    private void Guard(Action half)
    {
        try
        {
            half();
        }
        catch (Exception failure)
        {
            lock (_failures)
                _failures.Add(failure);
            _stop.Cancel();
        }
    }
}
