using System.Buffers;
using System.Diagnostics;
using System.Text;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>Lines we print against lines that stock prints for the same thing.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData(0, "--no-h")]
    [InlineData(1, "-v")]
    [InlineData(2, "-h")]
    [InlineData(3, "-hh")]
    public void A_listing_has_stocks_layout(int human, string option)
    {
        _directory.Write("s/a file", new byte[2500]);
        File.SetLastWriteTimeUtc(_directory["s/a file"], new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc));
        var stock = Stock("-r", "--no-v", option, "--no-v", "--list-only", _directory["s/a file"]);
        var item = new ItemReport { Name = "a file"u8.ToArray(), Mode = 0x81A4, Length = 2500, Mtime = new FileTime(1709210096, 0) };
        var line = new ArrayBufferWriter<byte>();
        ListingLine.Write(item, null, human, TimeZoneInfo.Utc, line);
        Assert.Equal(stock, Encoding.UTF8.GetString(line.WrittenSpan) + "\n");
    }

    [Fact]
    public void The_statistics_are_stocks_line_by_line()
    {
        _directory.Write("s/big", new byte[3_000_000]);
        _directory.Write("s/d/small", "x");
        _directory.Symlink("s/link", "big");
        var stock = Stock("-a", "--stats", "--no-i-r", _directory["s/"], _directory["d"]).Split('\n');
        var run = Result(10, 5, new TransferStats
        {
            Files = new KindCounts(2, 2, 1, 0, 0),
            Created = new KindCounts(2, 2, 1, 0, 0),
            FilesTransferred = 2,
            TotalSize = 3_000_004,
            TransferredSize = 3_000_001,
            LiteralData = 3_000_001,
        });
        var ours = StatsReport.Block(run, 1).Concat(StatsReport.Summary(run, 0, new TransferOptions(), 1)).ToList();
        Assert.Equal(ours.Count, stock.Length - 1);
        for (var i = 0; i < ours.Count; i++)
        {
            // What depends on the run (bytes on the wire, times) has the same words around it.
            var depends = ours[i].StartsWith("File list", StringComparison.Ordinal) || ours[i].StartsWith("Total bytes", StringComparison.Ordinal) || i > 14;
            Assert.Equal(depends ? WithoutNumbers(ours[i]) : ours[i], depends ? WithoutNumbers(stock[i]) : stock[i]);
        }
    }

    [Fact]
    public void Odd_names_are_escaped_as_stock_escapes_them()
    {
        _directory.Write("s/tab\tline\nend\u007f é \\#123 \\#12x", "x");
        foreach (var (locale, high) in new[] { ("C.UTF-8", NameEscape.HighBytes.Utf8), ("C", NameEscape.HighBytes.Escape) })
        {
            var start = new ProcessStartInfo(RsyncVersion.Installed.Program(), ["-rn", "--out-format=%n", _directory["s/"], _directory["d/"]]);
            start.Environment["LC_ALL"] = locale;
            var stock = Command.Run(start).Checked().Output.Split('\n')[1];
            var ours = new ArrayBufferWriter<byte>();
            NameEscape.Write(Encoding.UTF8.GetBytes("tab\tline\nend\u007f é \\#123 \\#12x"), high, ours);
            Assert.Equal(stock, Encoding.UTF8.GetString(ours.WrittenSpan));
            Assert.Equal(high, NameEscape.OfLocale(name => name == "LC_ALL" ? locale : null));
        }
    }

    [Theory]
    [InlineData("%i|%n|%L|%l|%B|%o|%m|%%|%x|%h")]
    [InlineData("%-20n|%20n|%5l|%'l|%''10l|%'''l|%M|%")]
    [InlineData("%f %U %G")]
    public void Item_formats_are_stocks(string format)
    {
        _directory.Write("s/a file", new byte[12345]);
        File.SetLastWriteTimeUtc(_directory["s/a file"], new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc));
        File.SetUnixFileMode(_directory["s/a file"], (UnixFileMode)0x9ED);
        var stock = Stock("-tn", $"--out-format={format}", _directory["s/a file"], _directory["d"]);
        var item = new ItemReport
        {
            Name = "a file"u8.ToArray(),
            Directory = Encoding.UTF8.GetBytes(_directory["s"]),
            Mode = 0x89ED,
            Length = 12345,
            Mtime = new FileTime(1709210096, 0),
            Uid = 1234,
            Flags = ItemFlags.Transfer | ItemFlags.IsNew,
            Sending = true,
        };
        var line = new ArrayBufferWriter<byte>();
        new ItemFormat(format).Write(item, new ItemFormatContext { Itemize = new(Local: true, PreserveTimes: true), Zone = TimeZoneInfo.Utc }, line);
        Assert.Equal(stock, Encoding.UTF8.GetString(line.WrittenSpan) + "\n");
    }

    [Fact]
    public void Modes_are_changed_as_stock_changes_them()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            var clauses = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Clause(random));
            var change = string.Join(',', clauses);
            var name = $"s{round}/f";
            _directory.Write(name, "x");
            // Readable, also for an ordinary user.
            var mode = (uint)random.Next(0x1000) | 0x100;
            Command.Check("chmod", Convert.ToString(mode, 8), _directory[name]);
            var start = new ProcessStartInfo("sh", ["-c", "umask 022; exec \"$@\"", "sh", RsyncVersion.Installed.Program(), "-p", $"--chmod={change}", _directory[name], _directory[$"d{round}"]]);
            Command.Run(start).Checked();
            var stock = Command.Check("stat", "-c", "%a", _directory[$"d{round}"]).Output.Trim();
            Assert.True(ModeChange.TryParse(change, 0x12, out var ours), change);
            Assert.Equal($"{change}: {stock}", $"{change}: {Convert.ToString(ours.Apply(0x8000 | mode) & 0xFFF, 8)}");
        }
    }

    [Theory]
    [InlineData(0L, 0L, "\r              0 100%    0.00kB/s    0:00:00  ")]
    [InlineData(1_000L, 3_000L, "\r          1,000  33%    0.00kB/s    0:00:00  ")]
    public void Progress_begins_at_once(long offset, long size, string line) =>
        Assert.Equal(line, new ProgressMeter(wholeRun: false, 1, new TestClock()).Update(offset, size));

    [Fact]
    public void Progress_shows_rate_and_time()
    {
        var clock = new TestClock();
        var meter = new ProgressMeter(wholeRun: false, 1, clock);
        Assert.NotNull(meter.Update(0, 10 << 20));
        clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Null(meter.Update(1 << 20, 10 << 20));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("\r      2,097,152  20%    2.00MB/s    0:00:04  ", meter.Update(2 << 20, 10 << 20));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("\r     10,485,760 100%    2.50MB/s    0:00:04 (xfr#3, ir-chk=5/9)\n",
            meter.End(10 << 20, 10 << 20, new ProgressCounts(3, 5, 9, ListComplete: false)));
    }

    [Fact]
    public void Progress_of_a_run_covers_what_was_there()
    {
        var meter = new ProgressMeter(wholeRun: true, 1, new TestClock());
        meter.End(5, 9, new ProgressCounts(1, 10, 20, ListComplete: true));
        Assert.EndsWith("(xfr#2, to-chk=9/20) ", meter.End(6, 9, new ProgressCounts(2, 9, 20, ListComplete: true)));
        Assert.EndsWith("(xfr#3, to-chk=8/20)", meter.End(7, 9, new ProgressCounts(3, 8, 20, ListComplete: true)));
    }

    [Fact]
    public void An_empty_line_is_one_in_the_log()
    {
        using var log = new MemoryStream();
        using var text = new TextOutput(Stream.Null, Stream.Null, log, NameEscape.HighBytes.Utf8, quiet: false, flushLines: false, TimeProvider.System);
        text.Info("");
        Assert.EndsWith("] \n", Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact]
    public void A_progress_line_is_ended_before_the_next_text()
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using (var text = new TextOutput(output, error, null, NameEscape.HighBytes.Utf8, quiet: false, flushLines: false, TimeProvider.System))
        {
            text.Progress("\r 1%");
            text.Progress("\r 2%");
            text.Error("rsync: oh");
            text.Info("a\nb");
        }
        Assert.Equal("\r 1%\r 2%a\\#012b\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("\nrsync: oh\n", Encoding.UTF8.GetString(error.ToArray()));
    }

    [Theory]
    [InlineData("-v", "a\n"), InlineData("--outbuf=B", "")]
    public void Lines_are_written_at_once(string option, string seen)
    {
        using var output = new MemoryStream();
        var invocation = RsyncCommandLine.Parse([option, "a", "b"], _ => null, 0);
        using var text = RunOutput.OpenText(new ProgramStreams(output, Stream.Null), invocation, _ => null, TimeProvider.System);
        text.Info("a");
        Assert.Equal(seen, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory]
    [InlineData("-v", "f\nd/\nh => f\ndeleting x\n")]
    [InlineData("-vv", "f\nd/\nh => f\ndeleting x\n")]
    [InlineData("-i", ">f.s....... f\n.d..t...... d/\nhf          h => f\n*deleting   x\n")]
    [InlineData("-ii", ">f.s....... f\n.f          same\n.d..t...... d/\nhf          h => f\n*deleting   x\n")]
    [InlineData("--out-format=%o_%n", "send_f\nsend_d/\nsend_h\ndel._x\n")]
    [InlineData("--delete -r", "")]
    [InlineData("-qv", "")]
    public void Items_are_chosen_by_the_options(string options, string lines)
    {
        using var output = new MemoryStream();
        var invocation = RsyncCommandLine.Parse([.. options.Split(' '), "a", "b"], _ => null, 0);
        using (var text = new TextOutput(output, output, null, NameEscape.HighBytes.Utf8, invocation.Report.Quiet, flushLines: false, TimeProvider.System))
        {
            var context = new ItemFormatContext { Itemize = new ItemizeContext(Local: true, PreserveTimes: true) };
            var printer = new ItemPrinter(text, invocation.Output, invocation.Report, context);
            var file = new ItemReport { Name = "f"u8.ToArray(), Mode = 0x8000, Flags = ItemFlags.Transfer | ItemFlags.ReportSize, Sending = true };
            printer.BeforeTransfer(file);
            printer.AfterTransfer(file);
            printer.Item(file with { Name = "same"u8.ToArray(), Flags = ItemFlags.None });
            printer.Item(file with { Name = "d"u8.ToArray(), Mode = 0x4000, Flags = ItemFlags.ReportTime });
            printer.Item(file with { Name = "h"u8.ToArray(), Flags = ItemFlags.LocalChange | ItemFlags.XnameFollows, Xname = "f"u8.ToArray() });
            printer.Deleted(new ItemReport { Name = "x"u8.ToArray() });
        }
        Assert.Equal(lines, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_run_is_logged_as_stock_logs_it()
    {
        _directory.Write("s/f", "x");
        Stock("-a", $"--log-file={_directory["stock"]}", _directory["s/"], _directory["d"]);
        var invocation = RsyncCommandLine.Parse(["-a", $"--log-file={_directory["ours"]}", "a", "b"], _ => null, 0);
        var text = RunOutput.OpenText(ProgramStreams.OfProcess(), invocation, _ => null, TimeProvider.System);
        using (var run = new RunOutput(invocation, new ItemFormatContext { Itemize = new(Local: true, PreserveTimes: true) }, text, TimeProvider.System))
        {
            run.Begin(sending: true, incremental: true);
            run.Items.Item(new ItemReport { Name = "."u8.ToArray(), Mode = 0x4000, Flags = ItemFlags.IsNew | ItemFlags.LocalChange });
            var file = new ItemReport { Name = "f"u8.ToArray(), Mode = 0x8000, Flags = ItemFlags.IsNew | ItemFlags.Transfer, Sending = true };
            run.Items.BeforeTransfer(file);
            run.Items.AfterTransfer(file);
            run.End(Result(7, 8, new TransferStats { TotalSize = 1 }));
        }
        Assert.Equal(WithoutNumbers(_directory.Read("stock")), WithoutNumbers(_directory.Read("ours")));
    }

    public void Dispose() => _directory.Dispose();

    private static TransferResult Result(long sent, long received, TransferStats stats) => new(stats, [], 0, 0, false, sent, received);

    private static string Stock(params string[] words)
    {
        var start = new ProcessStartInfo(RsyncVersion.Installed.Program(), words);
        start.Environment["TZ"] = "UTC";
        return Command.Run(start).Checked().Output;
    }

    private static string WithoutNumbers(string line) => System.Text.RegularExpressions.Regex.Replace(line, "[0-9][0-9.,]*", "N");

    private static string Clause(Random random)
    {
        var who = string.Concat(random.GetItems("ugoa".ToCharArray(), random.Next(4)).Distinct());
        var what = random.Next(4) == 0 ? random.GetItems(["u", "g", "o"], 1)[0] : string.Concat(random.GetItems("rwxXst".ToCharArray(), random.Next(5)));
        return $"{random.GetItems(["", "F", "D"], 1)[0]}{who}{"+-="[random.Next(3)]}{what}";
    }

    private sealed class TestClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
