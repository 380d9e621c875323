using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Tests.Rules;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChangedFiles.Engine.Tests.Running;

/// <summary>Real changes of real files, down to the action.</summary>
public sealed class RuleDaemonTests : IAsyncDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly CountingExecutor _executor = new();
    private readonly ActionRunner _runner;
    private RuleDaemon? _daemon;

    public RuleDaemonTests() => _runner = new ActionRunner(_executor, NullLogger.Instance);

    public static TheoryData<EventSourceKind> Kinds => [EventSourceKind.Inotify, EventSourceKind.Auto];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_operation_is_told_by_its_name(EventSourceKind kind)
    {
        _temp.Write("old", "x");
        _temp.Write("attributes", "x");
        _temp.Mkdir("away");
        Start(kind, $"RULE ^{_temp.Path}/\nANY LOG");
        // One after the other: what a name is can only be seen while it is there.
        Step("CREATE new", () => _temp.Write("new", "x"));
        Step("MKDIR directory", () => _temp.Mkdir("directory"));
        Step("SYMLINK link", () => _temp.Symlink("link", "new"));
        Step("LINK hard", () => Command.Check("ln", _temp["old"], _temp["hard"]));
        Step("MKNOD fifo", () => Command.Check("mkfifo", _temp["fifo"]));
        Step("RENAME renamed", () => Command.Check("mv", _temp["old"], _temp["renamed"]));
        Step("CHMOD|CHOWN|ATTRIB attributes", () => Command.Check("chmod", "600", _temp["attributes"]));
        Step("UNLINK hard", () => Command.Check("rm", _temp["hard"]));
        Step("RMDIR away", () => Command.Check("rmdir", _temp["away"]));
        Assert.Equal(1, _executor.Count("OPENW new"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_tar_of_5000_files_runs_each_action_exactly_once_within_the_limits(EventSourceKind kind)
    {
        const int Files = 5000;
        WriteTar(_temp["tar"], Enumerable.Range(0, Files).Select(i => $"d{i % 50}/s{i % 7}/f{i}"));
        var tree = _temp.Mkdir("tree");
        Start(kind, $"RULE ^{tree}/\nPARALLEL 3\nOPENW LOG\nMKDIR LOG\nOPENW rsync -a _FILE_ host::m_FILE_");
        Command.Check("tar", "-C", tree, "-xf", _temp["tar"]);
        Eventually.True(() => _executor.Total("LOG OPENW") >= Files && _executor.Total("rsync OPENW") >= Files && _runner.Unfinished == 0,
            "every file", () => $"{_executor.Total("LOG OPENW")} {_executor.Total("rsync OPENW")}");
        Assert.Equal(Files, _executor.Total("LOG OPENW"));
        Assert.Equal(Files, _executor.Total("rsync OPENW"));
        Assert.Equal(50 + (50 * 7), _executor.Total("LOG MKDIR"));
        Assert.InRange(_executor.Parallel, 1, 3);
    }

    [Fact]
    public void Rules_are_exchanged_without_losing_an_event()
    {
        var tree = _temp.Mkdir("tree");
        string[] rules = [$"{tree}/f", $"{tree}/(f|g)", $"{_temp.Path}/", $"{tree}/.*[0-9]"];
        Start(EventSourceKind.Inotify, $"RULE ^{rules[0]}\nOPENW LOG");
        for (var i = 0; i < 500; i++)
        {
            _temp.Write($"tree/f{i}", "x");
            if (i % 10 == 0)
                _daemon!.Apply(RuleFile.Parse($"RULE ^{rules[i / 10 % rules.Length]}\nOPENW LOG").Rules);
            _temp.Write($"tree/fb{i}", "x");
        }
        Eventually.Equal(1000, () => _executor.Total("LOG OPENW"));
        Assert.Equal(1000, _executor.Seen.Count);
    }

    [Theory]
    [InlineData("RULE ^/a/b/c\nANY LOG\nRULE ^/a/b/d/e\nANY LOG\nRULE ^/x$\nANY LOG", "/")]
    [InlineData("RULE ^/a/b/c\nANY LOG\nRULE ^/a/b/d/e\nANY LOG\nRULE ^/x/(y|z)/\nANY LOG", "/a/b /x/y /x/z")]
    [InlineData("RULE \\.c$\nANY LOG", "/")]
    public void Rules_name_the_directories_to_watch(string rules, string roots)
    {
        Assert.Equal(roots, string.Join(' ', RuleFile.Parse(rules).Rules.Reach.Roots));
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/a", true)]
    [InlineData("/a/b", true)]
    [InlineData("/a/b/c1", true)]
    [InlineData("/a/b/c/d/e", true)]
    [InlineData("/a/b/d", false)]
    [InlineData("/ab", false)]
    [InlineData("/z/z", false)]
    public void Directories_that_no_rule_reaches_are_known(string directory, bool reached)
    {
        var rules = RuleFile.Parse("RULE ^/a/b/c\nANY LOG\nRULE ^/z/y/\nANY LOG").Rules;
        Assert.Equal(reached, rules.Reach.Reaches(Encoding.UTF8.GetBytes(directory)));
    }

    public async ValueTask DisposeAsync()
    {
        _daemon?.Dispose();
        await _runner.DisposeAsync();
        _temp.Dispose();
    }

    private void Start(EventSourceKind kind, string rules)
    {
        var file = RuleFile.Parse(rules, rsync: PlainRsync.Read);
        Assert.Empty(file.Diagnostics);
        _daemon = new RuleDaemon(_runner, null, new WatchOptions { Kind = kind }, NullLogger.Instance);
        _daemon.Apply(file.Rules);
    }

    private void Step(string expected, Action act)
    {
        act();
        Eventually.True(() => _executor.Count(expected) == 1, expected, () => string.Join('\n', _executor.Seen));
    }

    private static void WriteTar(string path, IEnumerable<string> names)
    {
        using var tar = new TarWriter(File.Create(path));
        foreach (var name in names)
        {
            using var content = new MemoryStream("content"u8.ToArray());
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
        }
    }

    /// <summary>Does nothing, and counts: "LOG OPENW" in all, "OPENW name" in single.</summary>
    private sealed class CountingExecutor : IActionExecutor
    {
        private readonly ConcurrentQueue<string> _seen = [];
        private readonly ConcurrentDictionary<string, int> _totals = [];
        private int _running;

        public IReadOnlyCollection<string> Seen => [.. _seen];

        public int Parallel { get; set; }

        public int Count(string seen) => _seen.Count(s => s == seen);

        public int Total(string what) => _totals.GetValueOrDefault(what);

        public bool IsOwn(RuleLine line, int pid) => false;

        public async Task<ActionOutcome> RunAsync(ActionRun run, CancellationToken cancellation)
        {
            Parallel = Math.Max(Parallel, Interlocked.Increment(ref _running));
            await Task.Yield();
            foreach (var fileEvent in run.Events)
            {
                _seen.Enqueue($"{fileEvent.Operation.Spell()} {Path.GetFileName(ArgumentText.Decode(fileEvent.Path))}");
                _totals.AddOrUpdate($"{run.Line.Action.Source.Split(' ')[0]} {fileEvent.Operation}", 1, (_, count) => count + 1);
            }
            Interlocked.Decrement(ref _running);
            return ActionOutcome.Success;
        }
    }
}
