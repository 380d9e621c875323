using System.Text.Json;
using System.Text.RegularExpressions;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

public sealed partial class CommandLineTests
{
    [Fact]
    public void Every_option_that_stock_shows_is_understood_or_refused_by_name()
    {
        var page = Command.Check(RsyncVersion.Installed.Program(), "--help").Output;
        foreach (Match match in LongOption().Matches(page))
        {
            if (match.Value is "--daemon" or "--no-OPTION")
                continue;
            try
            {
                RsyncCommandLine.Parse([match.Value + "=1", "a", "b"], _ => null, 0);
            }
            catch (RsyncException e)
            {
                Assert.DoesNotContain("unknown option", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Stock_knows_every_option_that_our_help_shows()
    {
        var program = RsyncVersion.Installed.Program();
        foreach (Match match in LongOption().Matches(HelpPage.Client))
        {
            if (match.Value is "--no-OPTION")
                continue;
            var run = Command.Run(program, match.Value + "=1", "/nonexistent", "/nonexistent/x/");
            Assert.DoesNotContain("unknown option", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-V")]
    [InlineData("--version")]
    [InlineData("--info=help")]
    [InlineData("--debug=name,help")]
    [InlineData("--daemon --help")]
    public void Texts_are_printed(string line)
    {
        var invocation = Parse(line);
        Assert.Equal(InvocationMode.Print, invocation.Mode);
        Assert.EndsWith("\n", invocation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_find_the_version_where_stock_has_it()
    {
        var banner = Regex.Match(Parse("--version").Text, @"^rsync\s+version (\S+).* protocol version (\d+)\n");
        Assert.Equal(("3.5.0", "32"), (banner.Groups[1].Value, banner.Groups[2].Value));
        using var json = JsonDocument.Parse(Parse("-VV").Text);
        Assert.False(json.RootElement.GetProperty("capabilities").GetProperty("iconv").GetBoolean());
        using var stock = JsonDocument.Parse(Command.Check(RsyncVersion.Installed.Program(), "-VV").Output);
        var theirs = stock.RootElement.GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name);
        var ours = json.RootElement.GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name);
        Assert.Empty(theirs.Except(ours).Except(["ACL_at"]));
    }

    [Fact]
    public void Filters_keep_their_order()
    {
        var invocation = Parse("--exclude=a -f +_b -F --include c --exclude-from=d -FF --include-from=e --old-d x y");
        Assert.Equal(
            [
                new(FilterOption.Exclude, "a"), new(FilterOption.Filter, "+_b"), new(FilterOption.Filter, ": /.rsync-filter"),
                new(FilterOption.Include, "c"), new(FilterOption.ExcludeFrom, "d"), new(FilterOption.Filter, "- .rsync-filter"),
                new(FilterOption.IncludeFrom, "e"), new FilterArgument(FilterOption.Filter, "- /*/*"),
            ],
            invocation.Filters);
    }

    [Fact]
    public void Backups_beside_the_files_are_not_deleted()
    {
        Assert.Equal([new FilterArgument(FilterOption.Filter, "P *.o")], Parse("-rb --delete --suffix=.o x y").Filters);
        Assert.Empty(Parse("-rb --delete --backup-dir=d x y").Filters);
        Assert.Empty(Parse("-rb --delete-excluded x y").Filters);
        Assert.True(Parse("-rb x y").Options.OmitsDirTimes);
        Assert.False(Parse("-r --backup-dir=d x y").Options.OmitsDirTimes);
    }

    [Fact]
    public void Filters_become_rules()
    {
        Assert.Equal(2, Parse("--exclude=a --include=b x y").ReadFilters().Rules.Count);
        Assert.ThrowsAny<RsyncException>(() => Parse("-f ?x x y").ReadFilters());
    }

    [Fact]
    public void A_character_set_of_the_environment_is_refused_too()
    {
        string? Environment(string name) => name == "RSYNC_ICONV" ? "utf8,latin1" : null;
        var error = Assert.Throws<RsyncException>(() => RsyncCommandLine.Parse(["a", "b"], Environment, 0));
        Assert.Equal((ExitCode.Unsupported, "This rsync does not support RSYNC_ICONV"), (error.ExitCode, error.Message));
        Assert.Equal("b", RsyncCommandLine.Parse(["--no-iconv", "a", "b"], Environment, 0).Destination);
    }

    [Fact]
    public void The_process_knows_its_own_arguments_and_mask()
    {
        var words = Environment.GetCommandLineArgs();
        Assert.Equal(words[1..], ProcessFacts.Arguments(words[1..]));
        // What the runtime has lost is read from the kernel.
        Assert.Equal(words[1..], ProcessFacts.Arguments([.. words[1..].Select(word => word + '\uFFFD')]));
        Assert.InRange(Linux.FileModes.Umask, 0u, 0x1FFu);
    }

    [Fact]
    public void A_single_path_is_listed()
    {
        Assert.True(Parse("-r x").Options.ListOnly);
        Assert.False(Parse("-r x").Options.ListOnlyByName);
        Assert.Null(Parse("-r x").Destination);
        Assert.False(Parse("-r x y").Options.ListOnly);
    }

    [Fact]
    public void A_daemon_is_named_in_two_ways()
    {
        var url = Parse("rsync://u@h:99/m/p dd");
        Assert.Equal(new Location(LocationKind.Daemon, "m/p", "h", "u", 99), url.Remote);
        Assert.Equal("m", url.Remote!.Module);
        Assert.Equal(new Location(LocationKind.Daemon, "m/p", "h", null, 7), Parse("--port=7 h::m/p dd").Remote);
        Assert.Equal("", Parse("h::").Remote!.Module);
    }

    [Fact]
    public void A_server_is_recognised()
    {
        var invocation = Parse("--server --sender -vlogDtpre.iLsfxCIvu --log-file=l . x");
        Assert.Equal(InvocationMode.Server, invocation.Mode);
        Assert.True(invocation.Server!.Sender);
        Assert.Equal("l", invocation.Output.LogFile);
    }

    [Fact]
    public void A_daemons_command_line_is_its_own()
    {
        Assert.Equal(InvocationMode.Daemon, Parse("--daemon --config=c -M a=b --dparam=c=d --no-detach --port 8730 -v --bwlimit=5").Mode);
        Assert.Equal(InvocationMode.Daemon, Parse("--server --daemon .").Mode);
        var error = Assert.Throws<RsyncException>(() => Parse("--daemon -e x"));
        Assert.Contains("unknown option (in daemon mode)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--iconv=utf8 a b", ExitCode.Unsupported, "--iconv")]
    [InlineData("--protocol=19 a b", ExitCode.ProtocolIncompatibility, "--protocol must be at least")]
    [InlineData("--protocol=33 a b", ExitCode.ProtocolIncompatibility, "--protocol must be no more than 32")]
    [InlineData("", ExitCode.SyntaxOrUsage, "Usage: rsync")]
    [InlineData("-c --cc=none a b", ExitCode.Unsupported, "Invalid checksum-choice")]
    [InlineData("--files-from=:x a b", ExitCode.SyntaxOrUsage, "cannot be remote when the transfer is local")]
    public void What_cannot_be_done_is_refused(string line, ExitCode code, string text)
    {
        var error = Assert.Throws<RsyncException>(() => Parse(line));
        Assert.Equal(code, error.ExitCode);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_ends_in_the_line_that_scripts_look_for()
    {
        var error = Assert.Throws<RsyncException>(() => Parse("--foo a b"));
        Assert.Matches(@"^rsync: --foo: unknown option\nrsync error: syntax or usage error \(code 1\) at setup \[client=\d+\.\d+\.\d+\]\n$",
            string.Concat(RsyncCommandLine.Explain(error).Select(line => line + "\n")));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("-v", "%n%L")]
    [InlineData("-i", "%i %n%L")]
    [InlineData("-iv --out-format=%o", "%o")]
    [InlineData("--progress", "%n%L")]
    [InlineData("--info=progress2", null)]
    [InlineData("-v --info=name0", null)]
    public void Items_are_printed_in_a_format(string options, string? format) =>
        Assert.Equal(format, Parse(options + " a b").Output.ItemFormat);

    [GeneratedRegex("(?<![-\\w\"])--[a-zA-Z0-9][-a-zA-Z0-9]*")]
    private static partial Regex LongOption();

    private static RsyncInvocation Parse(string line) =>
        RsyncCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), _ => null, 0x12);
}
