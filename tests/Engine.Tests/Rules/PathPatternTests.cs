using System.Text;
using System.Text.RegularExpressions;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("^/home/mike/test", "/home/mike/test/a", true)]
    [InlineData("^/home/mike/test", "/home/mike/test2", true)]
    [InlineData("^/home/mike/test", "/x/home/mike/test", false)]
    [InlineData(@"\.Xauthority", "/home/mike/.Xauthority-c", true)]
    [InlineData(@"\.Xauthority", "/home/mike/xXauthority", false)]
    [InlineData(@"^/export/home/image-converter.*\.jpg$", "/export/home/image-converter/a b.jpg", true)]
    [InlineData(@"^/export/home/image-converter.*\.jpg$", "/export/home/image-converter/a.jpg\n", false)]
    [InlineData(@"^/export/home/image-converter.*\.jpg$", "/export/home/image-converter/a\n.jpg", true)]
    [InlineData(@"\.(jpe?g|png)$", "/a/b.jpeg", true)]
    [InlineData(@"\.(jpg|png)$", "/a/b.png", true)]
    [InlineData(@"\.(jpg|png)$", "/a/b.png2", false)]
    [InlineData("^/(home|srv)/x", "/srv/xy", true)]
    [InlineData("^/(home|srv)/x", "/opt/xy", false)]
    [InlineData("^/a/[^/]+/c$", "/a/b/c", true)]
    [InlineData("^/a/[^/]+/c$", "/a/b/b/c", false)]
    [InlineData("^/a$", "/a", true)]
    [InlineData("^/a$", "/a/b", false)]
    [InlineData("^/a/.*a/b$", "/a/b", false)]
    [InlineData("a.*b.*a", "/ab", false)]
    [InlineData("a.*b.*a", "/a1b2a", true)]
    [InlineData("[[:digit:]]{3}", "/photo007", true)]
    [InlineData("[[:digit:]]{3}", "/photo07", false)]
    [InlineData("^/[]x]/", "/]/a", true)]
    [InlineData("/x{,2}y", "/xxy", true)]
    [InlineData("/x{,2}y$", "/xxxy", false)]
    [InlineData(@"\<tmp\>", "/a/tmp/b", true)]
    [InlineData(@"\<tmp\>", "/a/tmpx/b", false)]
    [InlineData("^/é+$", "/éé", true)]
    [InlineData("(?i)readme", "/ReadMe.md", true)]
    [InlineData("^/a|/z$", "/q/z", true)]
    [InlineData(@"^/a\x41b", "/aAb", true)]
    public void A_regex_means_what_it_says(string regex, string path, bool matches)
    {
        Assert.Equal(matches, Parse(regex).IsMatch(Encoding.UTF8.GetBytes(path)));
    }

    [Fact]
    public void A_rule_in_latin1_meets_a_name_in_latin1_and_a_dot_meets_any_byte()
    {
        byte[] name = [.. "/caf"u8, 0xE9];
        Assert.True(Parse(ArgumentText.Decode(name)).IsMatch(name));
        Assert.True(Parse("^/caf.$").IsMatch(name));
        Assert.False(Parse("^/café$").IsMatch(name));
    }

    [Theory]
    [InlineData("^/home/mike/test", true)]
    [InlineData(@"^/a.*\.(jpg|png|gif)$", true)]
    [InlineData("^/a/[0-9]+", false)]
    public void Literals_with_dot_star_need_no_automaton(string regex, bool exact)
    {
        Assert.Equal(exact, Parse(regex).Shapes.All(s => s.IsExact));
    }

    [Theory]
    [InlineData("^/a(b", 0, "not enough )'s")]
    [InlineData("^/a|*b", 4, "quantifier '*' following nothing")]
    [InlineData("^/a)", 0, "too many )'s")]
    [InlineData("^/a[b", 0, "unterminated [] set")]
    [InlineData("^/a++", 4, "nested quantifier '+'")]
    [InlineData(@"^/(a)\1", 5, "back-reference")]
    [InlineData("^/a(?=b)", 3, "lookahead")]
    [InlineData("^/a(?<!b)c", 3, "lookbehind")]
    [InlineData("^/a(?>b)", 3, "atomic")]
    [InlineData("(a{1000}){1000}", 0, "too large")]
    [InlineData(@"^/a$\", 4, "illegal \\ at end of pattern")]
    public void A_bad_regex_is_refused_with_its_place(string regex, int offset, string message)
    {
        Assert.Null(PathPattern.TryParse(regex, out var error));
        Assert.Contains(message, error!.Message, StringComparison.OrdinalIgnoreCase);
        if (offset > 0)
            Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void What_makes_a_backtracking_engine_hang_takes_no_time()
    {
        var pattern = Parse("^/(a+)+$");
        Assert.False(pattern.IsMatch([.. "/"u8, .. Enumerable.Repeat((byte)'a', 4000), (byte)'b']));
    }

    [Fact]
    public void Random_regexes_match_as_dotnet_says()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] pieces = ["a", "b", "/", ".*", ".", "(a|b)", "(ab|.*b)", "b?", "[ab]+", "(a|/b|)", @"\.", "a{1,2}"];
        for (var i = 0; i < 150; i++)
        {
            var regex = Random(random, pieces);
            var expected = new Regex(regex, RegexOptions.Singleline);
            var pattern = Parse(regex);
            for (var j = 0; j < 60; j++)
            {
                var path = "/" + new string(random.GetItems("ab/.".AsSpan(), random.Next(8)));
                Assert.True(expected.IsMatch(path) == pattern.IsMatch(Encoding.ASCII.GetBytes(path)), $"{regex} on {path}");
            }
        }
    }

    [Fact]
    public void The_index_finds_every_pattern_that_matches()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] pieces = ["/a", "/b", "/ab", ".*", "(a|/b)", @"\.x", "b"];
        var patterns = Enumerable.Range(0, 300).Select(_ => Parse(Random(random, pieces))).ToArray();
        var index = new PatternIndex(patterns);
        var candidates = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            var path = ArgumentText.Encode(string.Concat(random.GetItems((string[])["/a", "/b", "/ab", "b", ".x"], random.Next(1, 6))));
            index.Find(path, candidates);
            Assert.Equal(candidates.Distinct().Order(), candidates);
            var matching = Enumerable.Range(0, patterns.Length).Where(p => patterns[p].IsMatch(path)).ToArray();
            Assert.Empty(matching.Except(candidates));
        }
    }

    [Fact]
    public void A_path_meets_few_of_ten_thousand_patterns()
    {
        var patterns = Enumerable.Range(0, 10_000).Select(i => Parse($@"^/srv/site{i}/.*\.html$")).ToArray();
        var candidates = new List<int>();
        new PatternIndex(patterns).Find("/srv/site4711/a/index.html"u8, candidates);
        Assert.Equal([4711], candidates);
    }

    private static string Random(Random random, string[] pieces)
    {
        var body = string.Concat(random.GetItems(pieces, random.Next(1, 6)));
        return (random.Next(3) == 0 ? "" : "^") + body + (random.Next(2) == 0 ? "$" : "");
    }

    private static PathPattern Parse(string regex)
    {
        var pattern = PathPattern.TryParse(regex, out var error);
        Assert.True(pattern is not null, $"{regex}: {error?.Message}");
        return pattern;
    }
}
