using System.Diagnostics;
using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>
/// Waits for what happens soon. The time-outs are for broken programs, not measurements: a test that passes never meets them.
/// </summary>
public static class Eventually
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Polls until it is true. <paramref name="seen"/> says what there was instead, in the failure's text.</summary>
    public static void True(Func<bool> condition, string what, Func<string>? seen = null, TimeSpan? timeout = null)
    {
        if (!Wait(condition, timeout))
            Assert.Fail($"not within {timeout ?? DefaultTimeout}: {what}{(seen is null ? "" : $"\nlast seen: {seen()}")}");
    }

    /// <summary>Polls until the value is the one expected.</summary>
    public static void Equal<T>(T expected, Func<T> actual, TimeSpan? timeout = null)
    {
        var last = default(T);
        if (!Wait(() => EqualityComparer<T>.Default.Equals(last = actual(), expected), timeout))
            Assert.Equal(expected, last);
    }

    /// <summary>Polls until both trees are the same. Contents are read only when all else is equal.</summary>
    public static void SameTrees(
        string expected, string actual, TreeIgnore ignore = TreeIgnore.None,
        TreeDetails details = TreeDetails.Content, TimeSpan? timeout = null)
    {
        TreeDiff? diff = null;
        bool Same(TreeDetails level)
        {
            diff = TreeDiff.Of(TreeSnapshot.Of(expected, level), TreeSnapshot.Of(actual, level), ignore);
            return diff.IsEmpty;
        }
        if (!Wait(() => Same(TreeDetails.None) && Same(details), timeout))
            Assert.Fail($"trees still differ after {timeout ?? DefaultTimeout}\n{diff}");
    }

    private static bool Wait(Func<bool> condition, TimeSpan? timeout)
    {
        var clock = Stopwatch.StartNew();
        for (var pause = 1; !condition(); pause = Math.Min(pause * 2, 100))
        {
            if (clock.Elapsed > (timeout ?? DefaultTimeout))
                return false;
            Thread.Sleep(pause);
        }
        return true;
    }
}
