using System.Diagnostics;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// When to let events gather. A lone change is read at once. In a burst the reader stops for 2 ms after each read: the kernel merges what
/// waits, and the writer is not slowed by a reader at its heels (on ext4 x1.43 becomes x1.07).
/// </summary>
internal sealed class SipPacing
{
    public const int SipMilliseconds = 2;

    /// <summary>So many events without a pause are a burst; an archive being unpacked reaches it in its first milliseconds.</summary>
    private const int BurstEvents = 64;

    /// <summary>A sip with fewer events than this was not worth the wait.</summary>
    private const int WorthwhileSip = 8;

    private static readonly long Pause = Stopwatch.Frequency / 1000;

    private long _lastRead;
    private int _running;
    private bool _sipping;

    /// <summary>Takes the number of events of a read that began at <paramref name="began"/> (Stopwatch); true when the next one should wait.</summary>
    public bool ShouldSip(int events, long began)
    {
        var paused = began - _lastRead > Pause * (_sipping ? SipMilliseconds + 1 : 1);
        _running = paused || (_sipping && events < WorthwhileSip) ? events : Math.Min(_running + events, BurstEvents);
        _lastRead = Stopwatch.GetTimestamp();
        return _sipping = _running >= BurstEvents;
    }
}
