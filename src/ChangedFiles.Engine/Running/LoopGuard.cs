using ChangedFiles.Engine.Rules;

namespace ChangedFiles.Engine.Running;

/// <summary>
/// Notices an action that starts itself by what it writes: one path's run after run, each called for while the one before was
/// under way or had just ended. Nothing is lost by it: such a run is put off, and later events join it.
/// </summary>
internal sealed class LoopGuard(TimeProvider clock)
{
    /// <summary>So many runs in a row may have called for one another.</summary>
    public const int MaxChain = 10;

    /// <summary>How long a looping action then waits for its next run.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Events of a run's last writes arrive a little after its end.
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(5);
    private const int SweepAt = 10_000;

    private readonly Dictionary<(RuleLine, string), Chain> _chains = [];

    private sealed class Chain
    {
        public int Length;
        public bool Running;
        public bool Called;
        public long Ended;
    }

    public void Started(RuleLine line, string path)
    {
        if (_chains.Count > SweepAt)
            Sweep();
        if (!_chains.TryGetValue((line, path), out var chain))
            _chains.Add((line, path), chain = new Chain());
        chain.Length = chain.Called ? chain.Length + 1 : 1;
        (chain.Running, chain.Called) = (true, false);
    }

    public void Ended(RuleLine line, string path)
    {
        if (_chains.TryGetValue((line, path), out var chain))
            (chain.Running, chain.Ended) = (false, clock.GetTimestamp());
    }

    /// <summary>An event calls for a run. True when that has gone on too long and the run must be put off by <see cref="Pause"/>.</summary>
    public bool IsLooping(RuleLine line, string path)
    {
        if (!_chains.TryGetValue((line, path), out var chain))
            return false;
        chain.Called |= chain.Running || clock.GetElapsedTime(chain.Ended) < Echo;
        return chain.Called && chain.Length >= MaxChain;
    }

    private void Sweep()
    {
        foreach (var (key, chain) in _chains)
        {
            if (!chain.Running && clock.GetElapsedTime(chain.Ended) > Forget)
                _chains.Remove(key);
        }
    }
}
