using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Options;

public sealed class ServerArgumentsTests
{
    private static readonly string[] Words =
    [
        "-r", "-l", "-p", "-t", "-g", "-o", "-D", "-d", "-H", "-HH", "-A", "-X", "-XX", "-U", "-UU", "-E", "-O", "-J", "-R", "-x", "-xx",
        "-u", "-n", "-b", "-c", "-I", "-y", "-yy", "-S", "-W", "--no-W", "-z", "-m", "-C", "-L", "-k", "-K", "-v", "-vvv", "-q", "-s",
        "--no-specials", "--delete", "--delete-excluded", "--force", "--ignore-errors", "--max-delete=0", "--max-delete=7",
        "--max-size=5k", "--min-size=7", "--size-only", "--existing", "--ignore-existing", "--delete-missing-args", "--ignore-missing-args",
        "--inplace", "--append", "--append-verify", "--partial", "--preallocate", "--fsync", "--write-devices", "--copy-devices",
        "--remove-source-files", "--mkpath", "--numeric-ids", "--usermap=a:b", "--groupmap=*:g", "--super", "--temp-dir=t t",
        "--link-dest=/x", "--backup-dir=b", "--suffix=.old", "--zc=zstd", "--zc=zlib", "--zc=zlibx", "--zl=3", "--cc=md5", "--cc=xxh64,md5",
        "--checksum-seed=9", "-B700", "--modify-window=-1", "--modify-window=2", "--timeout=30", "--bwlimit=1m", "--max-alloc=2g",
        "--copy-unsafe-links", "--safe-links", "--no-i-r", "--info=name2,del", "--info=stats0", "--stats", "--msgs2stderr",
        "--no-implied-dirs", "--open-noatime", "--no-msgs2stderr", "--skip-compress=gz",
    ];

    [Fact]
    public void A_server_understands_what_a_client_asks_for()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var words = random.GetItems(Words, random.Next(12));
            if (Read(words) is not { } asked)
                continue;
            var push = random.Next(2) == 0;
            var sent = new ServerArguments(asked.Options, asked.Report, push).ForProcess(["x"]);
            // With secluded args this list alone is not all; the other half is tested below.
            var whole = asked.Options.Wire.SecludedArgs
                ? [.. sent, .. new ServerArguments(asked.Options, asked.Report, push).Secluded(["x"]).Skip(1)]
                : sent;
            var understood = ServerRequest.Parse(whole);
            Assert.Equal(!push, understood.Sender);
            Assert.Equal(["x"], understood.Paths);
            var again = new ServerArguments(understood.Options, understood.Report, push);
            Assert.Equal(whole, asked.Options.Wire.SecludedArgs
                ? [.. again.ForProcess(["x"]), .. again.Secluded(["x"]).Skip(1)]
                : again.ForProcess(["x"]));
        }
    }

    [Fact]
    public void Capabilities_and_paths_are_taken_apart()
    {
        var request = ServerRequest.Parse(["--server", "--sender", "-vlogDtpre.iLsfxCIvu", "--timeout=9", ".", "a b", "c"]);
        Assert.True(request.Sender);
        Assert.Equal("iLsfxCIvu", request.Capabilities);
        Assert.Equal("", request.PreRelease);
        Assert.Equal(["a b", "c"], request.Paths);
        Assert.Equal(9, request.Options.Wire.Timeout);
        Assert.Equal(PreserveOptions.Archive, request.Options.Preserve);
        Assert.Equal(1, request.Report.Verbose);
    }

    [Fact]
    public void A_prerelease_client_says_its_subprotocol()
    {
        var request = ServerRequest.Parse(["--server", "-e32.2iLs", ".", "x"]);
        Assert.Equal("iLs", request.Capabilities);
        Assert.Equal("32.2", request.PreRelease);
    }

    [Theory]
    [InlineData("--log-format=%i%I", nameof(Itemize.All), true)]
    [InlineData("--log-format=%i", nameof(Itemize.Changes), true)]
    [InlineData("--log-format=X", nameof(Itemize.None), true)]
    [InlineData("-q", nameof(Itemize.None), false)]
    public void The_log_format_says_what_to_report(string word, string itemize, bool prints)
    {
        var report = ServerRequest.Parse(["--server", word, "-e.iLsfxCIvu", ".", "x"]).Report;
        Assert.Equal(itemize, report.Itemize.ToString());
        Assert.Equal(prints, report.PrintsItems);
    }

    [Theory]
    [InlineData("--foo", ExitCode.SyntaxOrUsage, "--foo: unknown option")]
    [InlineData("-rQ", ExitCode.SyntaxOrUsage, "-rQ: unknown option")]
    [InlineData("--iconv=utf-8", ExitCode.Unsupported, "This rsync does not support --iconv")]
    [InlineData("--checksum-choice=foo", ExitCode.Unsupported, "unknown checksum name: foo")]
    [InlineData("--timeout", ExitCode.SyntaxOrUsage, "--timeout: missing argument")]
    public void A_word_that_is_not_understood_is_an_error(string word, ExitCode code, string message)
    {
        var error = Assert.Throws<RsyncException>(() => ServerRequest.Parse(["--server", word]));
        Assert.Equal((code, message), (error.ExitCode, error.Message));
    }

    [Fact]
    public void A_daemon_can_refuse_options()
    {
        var error = Assert.Throws<RsyncException>(() =>
            ServerRequest.Parse(["--server", "-rze.", ".", "m/"], (name, letter) => name == "compress"));
        Assert.Equal(ExitCode.Unsupported, error.ExitCode);
        Assert.Equal("The server is configured to refuse --compress (-z)", error.Message);
    }

    [Fact]
    public void The_encoded_list_is_closed_by_an_empty_word() =>
        Assert.Equal("rsync\0.\0.\0x y\0\0", Encoding.UTF8.GetString(ServerArguments.Encode(["rsync", "", ".", "x y"])));

    [Theory]
    [InlineData("a b*?[x]", @"a\ b*?[x]")]
    [InlineData(@"a\\b\?c", @"a\\\\b\?c")]
    [InlineData("#a;b&c|d<e>(f){g}\"'`$!\t\n\r", "\\#a\\;b\\&c\\|d\\<e\\>\\(f\\)\\{g\\}\\\"\\'\\`\\$\\!\\\t\\\n\\\r")]
    [InlineData("~/é%^+,=@:-_.", "~/é%^+,=@:-_.")]
    public void Paths_are_quoted_for_the_shell(string path, string quoted) => Assert.Equal(quoted, ShellQuoting.Path(path));

    [Fact]
    public void Options_are_quoted_with_their_wildcards() => Assert.Equal(@"--suffix=a\\b\\\?\*", ShellQuoting.Option(@"--suffix=a\b\?*"));

    [Fact]
    public void Text_keeps_every_byte()
    {
        var bytes = Enumerable.Range(1, 255).Select(i => (byte)i).Concat("é€😀"u8.ToArray()).Concat(new byte[] { 0xF0, 0x9F }).ToArray();
        Assert.Equal(bytes, ArgumentText.Encode(ArgumentText.Decode(bytes)));
    }

    private static (TransferOptions Options, ReportOptions Report)? Read(string[] words)
    {
        var draft = new OptionDraft();
        try
        {
            OptionReader.Read(words, TransferTable.Create(), draft);
            return (draft.Finish(), draft.FinishReport());
        }
        catch (RsyncException)
        {
            // These do not go together; other tests say which.
            return null;
        }
    }
}
