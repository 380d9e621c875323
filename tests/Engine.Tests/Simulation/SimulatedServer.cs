using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>A stock server in memory, of one release or the other, that goes away and breaks off.</summary>
internal sealed class SimulatedServer(Random random) : IRsyncServer
{
    private readonly bool _refusesLinkDest = random.Next(6) == 0;
    private readonly bool _refusesComparing = random.Next(6) == 0;
    private readonly SimultaneousSessions _sessions = new(random);

    public required Func<MemoryTree> Tree { get; init; }

    /// <summary>It takes the names of what is to go.</summary>
    public bool DeletesByName { get; init; } = random.Next(3) > 0;

    /// <summary>It takes <c>--hard-links</c>.</summary>
    public bool TakesLinks { get; } = random.Next(8) > 0;

    /// <summary>Of a hundred sessions so many meet a fault.</summary>
    public int FaultRate { get; set; }

    /// <summary>The next session is cut, wherever it is then.</summary>
    public bool IsCutSoon { get; set; }

    /// <summary>Told of every session.</summary>
    public Action<string>? OnSession { get; set; }

    /// <summary>Told of every step of one.</summary>
    public Action? OnStep { get; set; }

    public Session Open(IReadOnlyList<string> words, TreePath below, TimeSpan timeout, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public bool IsPermanent(RsyncException failure) => false;

    public void Dispose()
    {
    }

    /// <summary>A session as a mirror opens it.</summary>
    public IBatchSession Open(LinkedTree? place)
    {
        var faults = Faults();
        return place is not null && _refusesLinkDest ? throw Refused("The server is configured to refuse --link-dest") : new SimulatedSession(this, place, faults);
    }

    private TransferResult Run(PushBatch batch, LinkedTree? place, Action<ReadOnlyMemory<byte>> onDeleted, SessionFaults faults, Action pause)
    {
        if (batch.Options.Preserve.HardLinks > 0 && !TakesLinks)
            throw Refused("The server is configured to refuse --hard-links (-H)");
        if (batch.Options.Comparison.IgnoreTimes && _refusesComparing)
            throw Refused("The server is configured to refuse --ignore-times (-I)");
        if (!DeletesByName && batch.Entries.FirstOrDefault(entry => entry.IsMissing) is { } missing)
            throw Refused($"invalid file mode 00 for {missing} [Receiver]");
        OnSession?.Invoke($"session{(place is { } linked ? $" in {linked.Directory} linked to {linked.LinkTo}" : "")}: {string.Join(", ", batch.Entries.Select(Describe))}");
        var result = new StockReceiver(Tree(), batch, place, onDeleted, random, faults, pause).Run();
        foreach (var error in result.Errors)
            OnSession?.Invoke(error);
        return result;
    }

    private static string Describe(FileEntry entry) =>
        $"{(entry.IsMissing ? "-" : entry.Content == DirectoryContent.Top ? "*" : "")}{entry}{(entry.Links is null ? "" : $"={entry.Mtime.Seconds}.{entry.Mtime.Nanoseconds}")}";

    private static RsyncException Refused(string text) => new(ExitCode.ProtocolIncompatibility, SessionStage.FileList, text) { FromPeer = true };

    private SessionFaults Faults()
    {
        if (IsCutSoon)
        {
            IsCutSoon = false;
            return new SessionFaults(random, steps: random.Next(12));
        }
        if (random.Next(100) >= FaultRate)
            return new SessionFaults(random);
        return random.Next(3) switch
        {
            0 => throw new RsyncException(ExitCode.SocketIO, SessionStage.Connect, "away"),
            1 => new SessionFaults(random, steps: random.Next(12)),
            _ => new SessionFaults(random, failing: 20),
        };
    }

    private sealed class SimulatedSession(SimulatedServer server, LinkedTree? place, SessionFaults faults) : IBatchSession
    {
        private readonly int _number = server._sessions.Open();

        public TransferResult Push(PushBatch batch, Action<ReadOnlyMemory<byte>> onDeleted, CancellationToken cancellation)
        {
            try
            {
                server._sessions.Enter(_number);
                return server.Run(batch, place, onDeleted, faults, () => Pause(cancellation));
            }
            finally
            {
                server._sessions.Leave(_number);
            }
        }

        public void Dispose() => server._sessions.Close(_number);

        private void Pause(CancellationToken cancellation)
        {
            server._sessions.Pass(_number);
            server.OnStep?.Invoke();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
