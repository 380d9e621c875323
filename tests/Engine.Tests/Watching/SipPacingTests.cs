using System.Diagnostics;
using ChangedFiles.Engine.Watching;
using Xunit;

namespace ChangedFiles.Engine.Tests.Watching;

public sealed class SipPacingTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void Lone_changes_never_wait()
    {
        var pacing = new SipPacing();
        var now = Stopwatch.GetTimestamp();
        for (var change = 1; change <= 1000; change++)
            Assert.False(pacing.ShouldSip(3, now + change * Second));
    }

    [Fact]
    public void A_burst_waits_from_its_first_full_read_on()
    {
        var pacing = new SipPacing();
        Assert.True(pacing.ShouldSip(500, Stopwatch.GetTimestamp() + Second));
        Assert.True(pacing.ShouldSip(40, Stopwatch.GetTimestamp()));
    }

    [Fact]
    public void Small_reads_without_a_pause_become_a_burst()
    {
        var pacing = new SipPacing();
        var waits = Enumerable.Range(0, 1000).TakeWhile(_ => !pacing.ShouldSip(1, Stopwatch.GetTimestamp())).Count();
        Assert.InRange(waits, 2, 999);
    }

    [Fact]
    public void A_burst_ends_with_a_sip_that_was_not_worth_it()
    {
        var pacing = new SipPacing();
        Assert.True(pacing.ShouldSip(500, Stopwatch.GetTimestamp()));
        Assert.False(pacing.ShouldSip(2, Stopwatch.GetTimestamp()));
    }
}
