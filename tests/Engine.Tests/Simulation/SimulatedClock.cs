namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// Time that passes when the simulation says so, and a time of day that can be set. No two looks at that are the same, as with fine-grained file times, unless it is
/// stopped: also not when it was set back.
/// </summary>
internal sealed class SimulatedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private TimeSpan _set;
    private readonly HashSet<TimeSpan> _seen = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    /// <summary>The time of day while it is so, as within one tick of a coarse clock.</summary>
    public DateTimeOffset? Stopped { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        if (Stopped is { } moment)
            return moment;
        do
            _now += TimeSpan.FromTicks(1);
        while (!_seen.Add(_set + _now));
        return Start + _set + _now;
    }

    public void Advance(TimeSpan time) => _now += time;

    /// <summary>Somebody sets the time of day, forward or back.</summary>
    public void Set(TimeSpan by) => _set += by;
}
