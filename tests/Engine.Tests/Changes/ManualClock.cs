namespace ChangedFiles.Engine.Tests.Changes;

/// <summary>Time that passes when the test says so; a timestamp is a millisecond.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _now = 1;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now;

    public void Advance(int milliseconds) => _now += milliseconds;
}
