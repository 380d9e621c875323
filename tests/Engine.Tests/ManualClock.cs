namespace ChangedFiles.Engine.Tests;

/// <summary>Time that passes when the test says so; a timestamp is a millisecond. Nothing may ask it for the time of day, which others can set.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _now = 1;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("the time of day can be set: nothing may depend on it");

    public void Advance(int milliseconds) => _now += milliseconds;

    public void Pass(double seconds) => _now += (long)(seconds * 1000);
}
