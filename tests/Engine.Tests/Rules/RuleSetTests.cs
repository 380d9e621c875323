using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class RuleSetTests
{
    private const string HotFolder = "/export/home/image-converter";

    [Theory]
    [InlineData(Operation.OPENW, "/home/mike/test/a", "rsync --rsh=ssh -a /home/mike/test/a  faustus:/mirrors/otto/home/mike/test/a")]
    [InlineData(Operation.UNLINK, "/home/mike/test/a b", "ssh faustus rm -f /mirrors/otto'/home/mike/test/a b'")]
    [InlineData(Operation.OPENW, "/home/mike/test/.Xauthority-c", null)]
    [InlineData(Operation.OPENW, "/home/mike/tes", null)]
    [InlineData(Operation.CHMOD, "/home/mike/test/a", null)]
    [InlineData(Operation.OPENW, HotFolder + "/a.jpg",
        $"/usr/bin/convert {HotFolder}/a.jpg `dirname {HotFolder}/a.jpg`/`basename {HotFolder}/a.jpg .jpg`.png")]
    [InlineData(Operation.OPENW, HotFolder + "/a.png", null)]
    public void The_rules_of_2001_do_what_they_say(Operation operation, string path, string? action)
    {
        var matches = Rules2001Set().Match(Encoding.UTF8.GetBytes(path), operation);
        Assert.Equal(action is null ? [] : [action], matches.Select(m => m.Line.Action.Describe(m.Values)));
    }

    [Fact]
    public void Every_rule_that_covers_a_path_takes_part_in_the_order_of_the_file()
    {
        var rules = Parse(@"
            RULE \.jpg$
            ANY LOG one
            RULE .*
            ANY LOG two
            RULE ^/a/
            OPENW LOG three
            OPENW|MKDIR LOG four
            RULE photo
            ANY LOG five");
        Assert.Equal(["one", "two", "three", "four", "five"], Logged(rules, new FileEvent(Operation.OPENW, "/a/photo.jpg"u8.ToArray())));
    }

    [Theory]
    [InlineData("/in/a", "/in/b", "RENAME /in/a /in/b")]
    [InlineData("/out/a", "/in/b", "RENAME /out/a /in/b")]
    [InlineData("/in/a", "/out/b", "UNLINK /in/a /in/a")]
    [InlineData("/in/a", "/in/b.tmp", "UNLINK /in/a /in/a")]
    [InlineData("/in/a.tmp", "/in/b", "RENAME /in/a.tmp /in/b")]
    [InlineData("/out/a", "/out/b", null)]
    public void A_rule_sees_only_its_own_names_in_a_rename(string old, string path, string? seen)
    {
        var rules = Parse("RULE ^/in/\nIGNORE \\.tmp$\nANY LOG _OPERATION_ _OLD_FILE_ _FILE_");
        var rename = new FileEvent(Operation.RENAME, Encoding.UTF8.GetBytes(path)) { OldPath = Encoding.UTF8.GetBytes(old) };
        Assert.Equal(seen is null ? [] : [seen], Logged(rules, rename));
    }

    [Fact]
    public void A_directory_renamed_away_is_removed()
    {
        var rules = Parse("RULE ^/in/\nRMDIR LOG gone _FILE_");
        var rename = new FileEvent(Operation.RENAME, "/out/d"u8.ToArray()) { OldPath = "/in/d"u8.ToArray(), IsDirectory = true };
        Assert.Equal(["gone /in/d"], Logged(rules, rename));
    }

    [Theory]
    [InlineData("^/srv/in", "/srv/in/a/b", "a/b")]
    [InlineData("^/srv/in", "/srv/index", "index")]
    [InlineData("^/srv/in", "/srv/in", ".")]
    [InlineData("^/srv/in/", "/srv/in/a", "a")]
    [InlineData(@"^/srv/in.*\.c$", "/srv/in/x.c", "x.c")]
    [InlineData(@"\.c$", "/srv/in/x.c", "srv/in/x.c")]
    [InlineData("^/(a|b)", "/b/c", "b/c")]
    public void A_relative_path_is_below_the_literal_beginning(string regex, string path, string relative)
    {
        var rules = Parse($"RULE {regex}\nANY LOG _RELATIVE_");
        Assert.Equal([relative], Logged(rules, new FileEvent(Operation.OPENW, Encoding.UTF8.GetBytes(path))));
    }

    [Fact]
    public void Every_substitution_has_its_value()
    {
        const string Every = "_FILE_ _OLD_FILE_ _NEW_FILE_ _BASENAME_ _DIRNAME_ _OPERATION_ _TIME_ _PID_ _PROGRAM_ __FILE__";
        var rules = Parse("RULE ^/a/\nANY LOG " + Every);
        var fileEvent = new FileEvent(Operation.CREATE, "/a/b"u8.ToArray())
        {
            Time = new DateTimeOffset(2001, 11, 27, 13, 34, 56, 789, TimeSpan.FromHours(1)),
            Pid = 42,
            Program = "vi",
        };
        Assert.Equal(["/a/b /a/b /a/b b /a CREATE 2001-11-27T12:34:56.789Z 42 vi _/a/b_"], Logged(rules, fileEvent));
    }

    [Fact]
    public void An_exec_argument_is_the_name_as_it_is()
    {
        var rules = Parse("RULE ^/a/\nOPENW EXEC prog 'x y' _BASENAME_ \"in _FILE_ out\" $HOME ;");
        var match = Assert.Single(rules.Match("/a/-q 'z'"u8, Operation.OPENW));
        var arguments = ((ExecAction)match.Line.Action).Arguments(match.Values);
        Assert.Equal(["prog", "x y", "./-q 'z'", "in /a/-q 'z' out", "$HOME", ";"], arguments.Select(a => ArgumentText.Decode(a)));
    }

    [Fact]
    public void A_name_in_an_address_is_percent_encoded()
    {
        var rules = Parse("RULE ^/a/\nOPENW HTTP POST http://h:1/hook?f=_FILE_&o=_OPERATION_");
        var match = Assert.Single(rules.Match("/a/b&c=é"u8, Operation.OPENW));
        Assert.Equal("http://h:1/hook?f=/a/b%26c%3D%C3%A9&o=OPENW", ((HttpAction)match.Line.Action).Address(match.Values).AbsoluteUri);
    }

    private static RuleSet Rules2001Set() => Parse(Rules2001.Replication + Rules2001.HotFolder);

    private static RuleSet Parse(string text)
    {
        var file = RuleFile.Parse(text);
        Assert.Empty(file.Diagnostics);
        return file.Rules;
    }

    private static IEnumerable<string> Logged(RuleSet rules, FileEvent fileEvent)
    {
        var matches = new List<RuleMatch>();
        rules.Match(fileEvent, matches);
        return matches.Select(m => ArgumentText.Decode(((LogAction)m.Line.Action).Text.Expand(m.Values)));
    }
}
