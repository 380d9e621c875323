namespace ChangedFiles.Engine.Destinations;

/// <summary>How long to wait after failures in a row: doubling from <see cref="First"/> to <see cref="Last"/>, spread so that many do not come back at once.</summary>
/// <param name="random">Spreads.</param>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Last = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>The wait after one more failure: between half and all of the doubled time.</summary>
    public TimeSpan Next()
    {
        var full = Math.Min(Last.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 20)));
        return TimeSpan.FromMilliseconds(full * (0.5 + random.NextDouble() / 2));
    }

    /// <summary>It worked.</summary>
    public void Reset() => _failures = 0;
}
