using System.Globalization;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>How far the whole run is, for the end of a progress line.</summary>
/// <param name="Transferred">Files transferred so far, this one included.</param>
/// <param name="ToCheck">Entries behind this one that the receiving side has still to look at.</param>
/// <param name="Total">Entries known so far.</param>
/// <param name="ListComplete">No more entries will come.</param>
internal readonly record struct ProgressCounts(long Transferred, long ToCheck, long Total, bool ListComplete);

/// <summary>
/// The lines of <c>--progress</c> (one a file) and <c>--info=progress2</c> (one for all). A line begins with a carriage return
/// and replaces the one before. At most one a second, besides the first and the last of each file.
/// </summary>
/// <param name="wholeRun">Progress2: offsets and sizes are those of the whole run, and lines are not ended.</param>
/// <param name="human">The level of <c>-h</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressMeter(bool wholeRun, int human, TimeProvider time)
{
    private const int MostSamples = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Queue<(long Stamp, long Offset)> _samples = new();
    private (long Stamp, long Offset)? _start;
    private long _newest;
    private int _endLength;

    /// <summary>The line for what has moved of a file (or of the run) now; null when it is too early for another one.</summary>
    public string? Update(long offset, long size)
    {
        var now = time.GetTimestamp();
        if (_start is null)
            _start = (now, offset);
        else if (time.GetElapsedTime(_newest, now) < Interval)
            return null;
        if (_samples.Count == MostSamples)
            _samples.Dequeue();
        _samples.Enqueue((now, offset));
        _newest = now;
        var oldest = _samples.Peek();
        var rate = Rate(offset - oldest.Offset, time.GetElapsedTime(oldest.Stamp, now));
        var left = rate > 0 ? (size - offset) / (rate * 1024) : 0;
        return Line(offset, size, rate, left) + "  ";
    }

    /// <summary>The last line of a file.</summary>
    public string End(long offset, long size, in ProgressCounts counts)
    {
        var now = time.GetTimestamp();
        var start = _start ?? (now, offset);
        var elapsed = time.GetElapsedTime(start.Stamp, now);
        var line = Line(offset, size, Rate(offset - start.Offset, elapsed), elapsed.TotalSeconds);
        if (!wholeRun)
        {
            _start = null;
            _samples.Clear();
        }
        var end = string.Create(CultureInfo.InvariantCulture,
            $" (xfr#{counts.Transferred}, {(counts.ListComplete ? "to" : "ir")}-chk={counts.ToCheck}/{counts.Total})");
        return line + (wholeRun ? Covering(end) : end + "\n");
    }

    /// <summary>What was there before may have been longer.</summary>
    private string Covering(string end)
    {
        var padded = end.PadRight(_endLength);
        _endLength = end.Length;
        return padded;
    }

    /// <summary>KiB a second.</summary>
    private static double Rate(long bytes, TimeSpan elapsed)
    {
        var milliseconds = Math.Floor(elapsed.TotalMilliseconds);
        return milliseconds > 0 ? bytes * 1000.0 / milliseconds / 1024 : 0;
    }

    private string Line(long offset, long size, double rate, double seconds)
    {
        const int Unit = 1024;
        var percent = offset == size ? 100 : (int)(100.0 * offset / size);
        var (shown, unit) = rate > Unit * Unit ? (rate / Unit / Unit, "GB/s") : rate > Unit ? (rate / Unit, "MB/s") : (rate, "kB/s");
        return string.Create(CultureInfo.InvariantCulture, $"\r{HumanNumber.Format(offset, human),15} {percent,3}% {shown,7:0.00}{unit} {Clock(seconds)}");
    }

    private static string Clock(double seconds)
    {
        const double Longest = 9999.0 * 3600;
        if (seconds is < 0 or > Longest)
            return "  ??:??:??";
        var whole = (long)seconds;
        return string.Create(CultureInfo.InvariantCulture, $"{whole / 3600,4}:{whole / 60 % 60:00}:{whole % 60:00}");
    }
}
