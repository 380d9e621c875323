using ChangedFiles.Engine.Rules;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

/// <summary>What `check` says of each kind of mistake.</summary>
public sealed class DiagnosticsTests
{
    [Fact]
    public void A_message_shows_the_place_and_a_hint()
    {
        var diagnostic = Assert.Single(RuleFile.Parse("RULE ^/a\n\tOPENQ  echo \\\n  _FILE_", "my.rules").Errors);
        Assert.Equal(
            """
            my.rules:2:2: error: "OPENQ" is no operation, setting or keyword
                {TAB}OPENQ  echo \
                {TAB}^~~~~
                hint: did you mean OPENW?
            """.Replace("{TAB}", "\t", StringComparison.Ordinal),
            diagnostic.ToString());
    }

    [Fact]
    public void All_errors_come_at_once_with_line_and_column_also_on_continued_lines()
    {
        var file = RuleFile.Parse("""
            TIMEOUT soon
            OPENW echo
            RULE ^/a(
            CREATE|MKDRI echo
            RULE
            OPENW
            RULE ^/b
            OPENW echo \
              'x _FILE_
            INCLUDE /no/such/file
            """);
        Assert.Equal(
            [(1, 9), (2, 1), (3, 9), (4, 1), (5, 1), (6, 1), (9, 3), (10, 9)],
            file.Errors.OrderBy(e => e.Line).Select(e => (e.Line, e.Column)));
        Assert.False(file.IsGood);
    }

    public static TheoryData<string, string, string?> Errors => new()
    {
        { "RULE", "RULE without a regular expression", "RULE ^/srv/data/" },
        { "IGNORE  ", "IGNORE without a regular expression", "IGNORE ^" },
        { "RULE ^/a[", "the regex is not valid: unterminated [] set", null },
        { @"RULE ^/(a)\1", "the regex uses a back-reference", "linear time" },
        { "RULE ^/(?!a)b", "the regex uses lookahead", "RULE and IGNORE" },
        { "RULE ^/(a{900}){900}", "the regex is too large for an automaton", "smaller repeat counts" },
        { "RULE ^/a\nopenw echo", "\"openw\" is no operation", "did you mean OPENW?" },
        { "RULE ^/a\nOPENNW echo", "\"OPENNW\" is no operation", "did you mean OPENW?" },
        { "RULE ^/a\nRENMAE echo", "\"RENMAE\" is no operation", "did you mean RENAME?" },
        { "TIMEUOT 3s", "\"TIMEUOT\" is no operation", "did you mean TIMEOUT?" },
        { "RULE ^/a\nrsync -a x y", "\"rsync\" is no operation", "an action stands behind its operation" },
        { "RULE ^/a\nCREATE| MKDIR echo", "an operation is missing beside |", "without blanks" },
        { "RULE ^/a\nCREATE MKDIR echo", "MKDIR is an operation, not a command", "CREATE|MKDIR" },
        { "RULE ^/a\nOPENW", "the action is missing", "OPENW command" },
        { "OPENW echo", "no RULE stands above this line", "begin with RULE" },
        { "MIRROR host::m", "no RULE stands above this line", null },
        { "TIMEOUT 3 days", "TIMEOUT does not take \"3 days\"", "TIMEOUT duration" },
        { "TIMEOUT 3s # short", "TIMEOUT does not take", "a comment stands on a line of its own" },
        { "TIMEOUT 9999h", "TIMEOUT does not take", null },
        { "RETRY -1", "RETRY does not take", "RETRY times" },
        { "RETRY 3 1s 2s 3s", "RETRY does not take", null },
        { "PARALLEL 0", "PARALLEL does not take", "1 to 1024" },
        { "QUIET", "QUIET does not take \"\"", null },
        { "USER -r", "USER does not take", null },
        { "WORKDIR tmp", "WORKDIR does not take", "absolute" },
        { "BATCH files", "BATCH does not take", "stdin|args" },
        { "INCLUDE", "INCLUDE without a file", null },
        { "INCLUDE /no/such", "cannot read /no/such", null },
        { "INCLUDE /no/*/x", "there is no directory /no/*", "last component" },
        { "RULE ^/a\nOPENW EXEC", "EXEC without a program", null },
        { "RULE ^/a\nOPENW EXEC a 'b", "the quote is not closed", null },
        { "RULE ^/a\nOPENW echo \"_FILE_", "what opens here is not closed", null },
        { "RULE ^/a\nOPENW echo ${x:-_FILE_}", "_FILE_ cannot stand inside ${ }", "into a script" },
        { "RULE ^/a\nMIRROR", "MIRROR without a destination", "MIRROR [source]" },
        { "RULE ^/a\nMIRROR a b c", "MIRROR has too many places", null },
        { "RULE \\.c$\nMIRROR h::m", "not clear which directory to mirror", "begin the regex with" },
        { "RULE ^/a\nMIRROR h::m_BASENAME_", "only _FILE_ can stand in the destination", null },
        { "RULE ^/a\nIGNORE ^/a/[xy]\nMIRROR h::m", "MIRROR cannot leave out what the IGNORE at rules:2 matches", "write --exclude=PATTERN" },
        { "RULE ^/a\nOPENW MIRROR h::m", "MIRROR follows every operation", null },
        { "RULE ^/a\nOPENW HTTP GET http://x/", "HTTP needs POST and one address", null },
        { "RULE ^/a\nOPENW HTTP POST ftp://x/", "not an http or https URL", null },
        { "RULE ^/a\nOPENW APPEND log", "APPEND needs a file, as an absolute path", null },
        { "RULE ^/a\nBATCH stdin\nOPENW echo _FILE_", "_FILE_ has no meaning here", null },
        { "RULE ^/a\nBATCH args\nOPENW echo _PID_", "_PID_ has no meaning here", null },
        { "RULE ^/a\nBATCH args\nOPENW echo \"_FILE_\"", "a word of their own", null },
        { "RULE ^/a\nBATCH args\nOPENW EXEC echo x_FILE_", "a word of their own", null },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Each_mistake_is_told(string text, string message, string? hint)
    {
        var errors = RuleFile.Parse(text).Errors.ToArray();
        var error = Assert.Single(errors);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (hint is not null)
            Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Warnings => new()
    {
        { "RULE ^/a", "the rule has no actions" },
        { "RULE ^home/mike\nANY LOG", "paths are absolute and begin with /" },
        { "RULE ^/home//mike\nANY LOG", "a path never holds //" },
        { "RULE ^/home/mike/$\nANY LOG", "a path never ends with /" },
        { "RULE ^/a # all of a\nANY LOG", "this # is part of the regex" },
        { "RULE ^/home/mike/test\nIGNORE ^/home\nANY LOG", "this IGNORE covers everything" },
        { "RULE ^/a/.*\\.swp$\nIGNORE \\.swp$\nANY LOG", "this IGNORE covers everything" },
        { "RULE ^/home/mike\nIGNORE ^/home/otto\nANY LOG", "this IGNORE can never apply" },
        { "IGNORE ^/home\nRULE ^/home/mike\nANY LOG", "covers everything that this rule matches" },
        { "RULE ^/a\nOPENW echo x\nANY echo x", "the same action stands in line 2" },
        { "RULE ^/a\nOPENW echo x\nRULE ^/a\nOPENW echo x", "the same action for the same RULE stands at rules:2" },
        { "RULE ^/a\nOPENW|OPENW echo x", "OPENW is already named" },
        { "RULE ^/a\nOPENW echo _FOO_", "unknown substitution _FOO_" },
        { "RULE ^/a\nOPENW echo otto_FIEL_", "unknown substitution _FIEL_" },
        { "RULE ^/a\nOPENW EXCE echo", "EXCE is run as a shell command" },
        { "RULE ^/a\nOPENW perl -e 'unlink \"_FILE_\"'", "perl interprets" },
        { "QUIET 1s\nQUIET 2s", "QUIET is already set here" },
        { "RULE ^/a\nBATCH args\nOPENW echo", "the command gets no names" },
    };

    [Theory]
    [MemberData(nameof(Warnings))]
    public void What_is_surely_not_meant_is_warned_of(string text, string message)
    {
        var file = RuleFile.Parse(text);
        Assert.True(file.IsGood);
        Assert.Contains(message, Assert.Single(file.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_includes_itself_is_told_once()
    {
        using var temp = new TempDirectory();
        var path = temp.Write("a", "INCLUDE b");
        temp.Write("b", "INCLUDE a");
        Assert.Contains("includes itself", Assert.Single(RuleFile.Load(path).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_after_an_included_rule_must_not_slip_into_it()
    {
        using var temp = new TempDirectory();
        temp.Write("b", "RULE ^/b\nANY LOG");
        var path = temp.Write("a", "INCLUDE b\nIGNORE x\nANY LOG");
        Assert.All(RuleFile.Load(path).Errors, e => Assert.Contains("would belong to the rule at", e.Message, StringComparison.Ordinal));
        Assert.Equal([2, 3], RuleFile.Load(path).Errors.Select(e => e.Line).Order());
    }
}
