using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Options;

public sealed class NumbersTests
{
    [Theory]
    [InlineData("1.5m", 1_572_864)]
    [InlineData("1.5M-1", 1_572_863)]
    [InlineData("1.5mb-1", 1_499_999)]
    [InlineData("1mib", 1_048_576)]
    [InlineData("1kb+1", 1001)]
    [InlineData("1p", 1L << 50)]
    [InlineData("1.b", 1)]
    [InlineData(".5m", 524_288)]
    [InlineData(".", 0)]
    [InlineData("", 0)]
    [InlineData("1bb", 1)]
    public void Sizes_have_units(string text, long bytes) =>
        Assert.Equal(bytes, Numbers.Size("--max-size", text, 'b', 0, long.MaxValue, unlimited: false));

    [Theory]
    [InlineData("2x", "invalid")]
    [InlineData("1e3", "invalid")]
    [InlineData("1+2", "invalid")]
    [InlineData("1k+", "invalid")]
    [InlineData("1kibb", "invalid")]
    [InlineData("1.2.3", "invalid")]
    [InlineData("99999p", "too large")]
    [InlineData("9999999999999999999999999999999", "too large")]
    [InlineData("0-1", "too large")]
    public void A_wrong_size_is_an_error(string text, string reason)
    {
        var error = Assert.Throws<RsyncException>(() => Numbers.Size("--max-size", text, 'b', 0, long.MaxValue, unlimited: false));
        Assert.Equal(ExitCode.SyntaxOrUsage, error.ExitCode);
        Assert.StartsWith($"--max-size={text} is {reason}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData(" 7", 7)]
    [InlineData("+7", 7)]
    [InlineData("-7", -7)]
    [InlineData("0x10", 16)]
    [InlineData("010", 8)]
    [InlineData("", 0)]
    public void Integers_are_written_as_in_C(string text, int value) => Assert.Equal(value, Numbers.Int("--timeout", text));

    [Theory]
    [InlineData("7 ")]
    [InlineData("5s")]
    [InlineData("08")]
    [InlineData("0x")]
    [InlineData("-")]
    [InlineData("99999999999")]
    public void A_wrong_integer_is_an_error(string text) => Assert.Throws<RsyncException>(() => Numbers.Int("--timeout", text));

    // Sunday, 22 November 2026.
    [Theory]
    [InlineData("23:59", "2026-11-22 23:59")]
    [InlineData("1:2", "2026-11-23 01:02")]
    [InlineData("T1:2", "2026-11-23 01:02")]
    [InlineData(":59", "2026-11-22 14:59")]
    [InlineData(":5", "2026-11-22 15:05")]
    [InlineData("30", "2026-11-30 00:00")]
    [InlineData("12", "2026-12-12 00:00")]
    [InlineData("31", "2026-12-31 00:00")]
    [InlineData("1T10:2", "2026-12-01 10:02")]
    [InlineData("1-30", "2027-01-30 00:00")]
    [InlineData("2-29", "2028-02-29 00:00")]
    [InlineData("2026-12-01T10:20", "2026-12-01 10:20")]
    [InlineData("26/12/1T1:1", "2026-12-01 01:01")]
    [InlineData("2020-01-01", "2020-01-01 00:00")]
    public void A_time_to_stop_at_is_the_next_that_fits(string text, string moment)
    {
        var now = new DateTimeOffset(2026, 11, 22, 14, 23, 2, TimeSpan.FromHours(1));
        Assert.True(StopTime.TryParse(text, now, out var parsed));
        Assert.Equal($"{moment} +01:00", parsed.ToString("yyyy-MM-dd HH:mm zzz", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("2027")]
    [InlineData("2026-12")]
    [InlineData("2026-13-01")]
    [InlineData("25:00")]
    [InlineData("T23")]
    [InlineData("2026-12-01 10:20")]
    [InlineData("2026-12-01T10:20:30")]
    public void A_wrong_time_is_refused(string text) => Assert.False(StopTime.TryParse(text, DateTimeOffset.UnixEpoch, out _));
}
