using ChangedFiles.Engine.Destinations;
using Xunit;

namespace ChangedFiles.Engine.Tests.Destinations;

public sealed class DeletionLimitTests
{
    [Theory]
    [InlineData("0", 1, 1_000_000, false)]
    [InlineData("10", 10, 0, true)]
    [InlineData("10", 11, 1_000_000, false)]
    [InlineData("50%", 100, 0, true)]
    [InlineData("50%", 101, 100, false)]
    [InlineData("50%", 101, 101, true)]
    [InlineData("2.5%", 1000, 38_999, false)]
    [InlineData("2.5%", 1000, 39_000, true)]
    [InlineData("0%", 1000, 1_000_000, false)]
    [InlineData("100%", 1000, 0, true)]
    public void So_much_may_go_where_so_much_stays(string text, long deleted, long staying, bool allowed)
    {
        Assert.True(DeletionLimit.TryParse(text, out var limit));
        Assert.Equal(allowed, limit.Allows(deleted, wanted => staying >= wanted));
        Assert.Equal(text, limit.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("101%")]
    public void What_is_no_limit_is_refused(string text) => Assert.False(DeletionLimit.TryParse(text, out _));
}
