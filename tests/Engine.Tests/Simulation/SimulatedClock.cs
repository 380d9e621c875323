namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// Time that passes when the simulation says so, and a time of day that can be set. No two looks at that are the same, as with fine-grained file times.
/// </summary>
internal sealed class SimulatedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TimeSpan _now = TimeSpan.FromSeconds(1);
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + _set + (_now += TimeSpan.FromTicks(1));

    public void Advance(TimeSpan time) => _now += time;

    /// <summary>Somebody sets the time of day, forward or back.</summary>
    public void Set(TimeSpan by) => _set += by;
}
