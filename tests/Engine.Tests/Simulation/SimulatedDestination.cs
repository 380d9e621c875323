using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// A destination in memory, by the mirror's own means or behind a stock server, that goes away, breaks off in the middle, fails with single names, is emptied and
/// comes back. What it holds outlives the mirror.
/// </summary>
internal sealed class SimulatedDestination
{
    private readonly SimulatedSource _source;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly SimulatedServer? _server;

    public SimulatedDestination(SimulatedSource source, TimeProvider clock, Random random, Action<string> onSession, Action onStep)
    {
        (_source, _clock, _random, Tree) = (source, clock, random, new MemoryTree(clock));
        _server = random.Next(3) > 0 ? new SimulatedServer(random) { Tree = () => Tree, OnSession = onSession, OnStep = onStep } : null;
    }

    public MemoryTree Tree { get; private set; }

    /// <summary>Names that are one inode are taken apart only when somebody says so.</summary>
    public bool IsStock => _server is not null;

    /// <summary>Names of one inode are names of one inode here too.</summary>
    public bool KeepsLinks => _server?.TakesLinks ?? true;

    /// <summary>That has to be noticed.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>It was replaced, and perhaps only the comparison after a quiet minute finds what is missing.</summary>
    public bool IsSeenLater { get; private set; }

    /// <summary>Of a hundred deliveries so many meet a fault; of a server's sessions half as many.</summary>
    public int FaultRate
    {
        get;
        set
        {
            field = value;
            _server?.FaultRate = value / 2;
            _server?.IsCutSoon &= value > 0;
        }
    }

    /// <summary>Called with every read of the source: a copy that is cut is cut at one of them.</summary>
    public Action OnSourceRead { get; private set; } = () => { };

    /// <summary>Another place is at the address now. A local one is noticed; at a server only what is missing there tells.</summary>
    public void Replace()
    {
        Empty();
        IsReplaced = _server is null;
        IsSeenLater |= _server is not null;
    }

    /// <summary>Somebody removed everything, and nobody was told.</summary>
    public void Empty()
    {
        Tree = new MemoryTree(_clock);
        // What was made by then no longer tells that it was emptied.
        _server?.IsCutSoon = FaultRate > 0;
    }

    /// <summary>What a mirror has of it while it runs.</summary>
    public IDestination Open()
    {
        if (_server is null)
        {
            var copies = new SimulatedCopies(this, _source, _random);
            OnSourceRead = copies.OnSourceRead;
            return copies;
        }
        var options = new RsyncDestinationOptions
        {
            Name = "simulated",
            Server = _server,
            WarmSessions = 0,
            RenamesFrom = _random.Next(3) == 0 ? 60 : 0,
            SharesFrom = _random.Next(3) == 0 ? BatchShares.Worthwhile : _random.Next(20),
        };
        return new RsyncDestination(options, _source, _server.Open);
    }
}
