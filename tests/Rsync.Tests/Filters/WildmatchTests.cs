using System.Text;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

public sealed class WildmatchTests
{
    [Theory]
    [InlineData("a?c", "abc")]
    [InlineData("*.o", ".o")]
    [InlineData("a*b*c", "aXbbYc")]
    [InlineData("a**c", "a/b/c")]
    [InlineData("**/c", "a/b/c")]
    [InlineData("a/**", "a/")]
    [InlineData("a/****b", "a/x/b")]
    [InlineData("**a*b", "a/ab")]
    [InlineData("[a-c]x", "bx")]
    [InlineData("[!a-c]x", "dx")]
    [InlineData("[^a]", "b")]
    [InlineData("[]a]", "]")]
    [InlineData("[a-]", "-")]
    [InlineData("[\\]]", "]")]
    [InlineData("[[:digit:]a]z", "7z")]
    [InlineData("[[:nope]", "n")]
    [InlineData("\\*", "*")]
    [InlineData("a\\b", "ab")]
    [InlineData("", "")]
    public void Matches(string pattern, string text) => Assert.True(IsMatch(pattern, text));

    [Theory]
    [InlineData("a?c", "a/c")]
    [InlineData("a*c", "a/c")]
    [InlineData("a[/]c", "a/c")]
    [InlineData("a[!b]c", "a/c")]
    [InlineData("**/c", "c")]
    [InlineData("a/**/c", "a/c")]
    [InlineData("*", "a/b")]
    [InlineData("[a", "a")]
    [InlineData("[[:nope:]]", "n")]
    [InlineData("a\\", "a")]
    [InlineData("[a-c]x", "dx")]
    [InlineData("abc", "ab")]
    [InlineData("", "a")]
    public void Does_not_match(string pattern, string text) => Assert.False(IsMatch(pattern, text));

    [Fact]
    public void Bytes_that_are_no_text_match_like_others()
    {
        Assert.True(Wildmatch.IsMatch("a?b"u8, [(byte)'a', 0xFF, (byte)'b']));
        Assert.True(Wildmatch.IsMatch([(byte)'[', 0xF0, (byte)'-', 0xFF, (byte)']'], [0xFE]));
    }

    [Fact]
    public void A_pattern_made_to_be_slow_ends()
    {
        var pattern = string.Concat(Enumerable.Repeat("**a*", 500));
        Assert.False(IsMatch(pattern + "b", new string('a', 4000)));
    }

    private static bool IsMatch(string pattern, string text) => Wildmatch.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text));
}
