using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Watching;
using ChangedFiles.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChangedFiles.Engine.Tests.Running;

/// <summary>Real changes of real files, down to the action.</summary>
public sealed class RuleWatchTests : IAsyncDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly CountingExecutor _executor = new();
    private readonly ActionRunner _runner;
    private RuleWatch? _watch;

    public RuleWatchTests() => _runner = new ActionRunner(_executor, NullLogger.Instance);

    public static TheoryData<EventSourceKind> Kinds => [EventSourceKind.Inotify, EventSourceKind.Auto];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_operation_is_told_by_its_name(EventSourceKind kind)
    {
        _temp.Write("old", "x");
        _temp.Write("attributes", "x");
        _temp.Mkdir("away");
        Start(kind, $"RULE ^{_temp.Path}/\nANY LOG");
        _temp.Write("new", "x");
        _temp.Mkdir("directory");
        _temp.Symlink("link", "new");
        Command.Check("ln", _temp["old"], _temp["hard"]);
        Command.Check("mkfifo", _temp["fifo"]);
        Command.Check("mv", _temp["old"], _temp["renamed"]);
        Command.Check("chmod", "600", _temp["attributes"]);
        Command.Check("rm", _temp["hard"]);
        Command.Check("rmdir", _temp["away"]);
        string[] expected =
        [
            "CREATE new", "OPENW new", "MKDIR directory", "SYMLINK link", "LINK hard", "MKNOD fifo", "RENAME renamed", "UNLINK hard",
            "RMDIR away",
        ];
        Eventually.True(() => expected.All(e => _executor.Count(e) == 1), "each once", () => string.Join('\n', _executor.Seen));
        Assert.Contains("CHMOD|CHOWN|ATTRIB attributes", _executor.Seen);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_tar_of_5000_files_runs_each_action_exactly_once_within_the_limits(EventSourceKind kind)
    {
        const int Files = 5000;
        WriteTar(_temp["tar"], Enumerable.Range(0, Files).Select(i => $"d{i % 50}/s{i % 7}/f{i}"));
        var tree = _temp.Mkdir("tree");
        Start(kind, $"RULE ^{tree}/\nPARALLEL 3\nOPENW LOG\nMKDIR LOG\nOPENW rsync -a _FILE_ host::m_FILE_", tree);
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
        Start(EventSourceKind.Inotify, $"RULE ^{_temp.Path}/\nOPENW LOG");
        var other = RuleFile.Parse($"RULE ^{_temp.Path}/f\nOPENW LOG").Rules;
        var first = _watch!.Rules;
        for (var i = 0; i < 500; i++)
        {
            _temp.Write($"f{i}", "x");
            _watch.Rules = i % 2 == 0 ? other : first;
        }
        Eventually.Equal(500, () => _executor.Total("LOG OPENW"));
    }

    [Theory]
    [InlineData("RULE ^/a/b/c\nANY LOG\nRULE ^/a/b/d/e\nANY LOG\nRULE ^/x$\nANY LOG", "/")]
    [InlineData("RULE ^/a/b/c\nANY LOG\nRULE ^/a/b/d/e\nANY LOG\nRULE ^/x/(y|z)/\nANY LOG", "/a/b /x/y /x/z")]
    [InlineData("RULE \\.c$\nANY LOG", "/")]
    public void Rules_name_the_directories_to_watch(string rules, string roots)
    {
        Assert.Equal(roots, string.Join(' ', RuleFile.Parse(rules).Rules.Roots));
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
        Assert.Equal(reached, rules.Reaches(Encoding.UTF8.GetBytes(directory)));
    }

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        await _runner.DisposeAsync();
        _temp.Dispose();
    }

    private void Start(EventSourceKind kind, string rules, string? directory = null)
    {
        var file = RuleFile.Parse(rules);
        Assert.Empty(file.Diagnostics);
        var options = new WatchOptions { Kind = kind };
        _watch = new RuleWatch(directory ?? _temp.Path, file.Rules, _runner, options, NullLogger.Instance);
        _watch.Start(TestContext.Current.CancellationToken);
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

        public IReadOnlyCollection<string> Seen => _seen;

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
                _seen.Enqueue($"{fileEvent.Operation.Spell()} {Path.GetFileName(PathText.Decode(fileEvent.Path))}");
                _totals.AddOrUpdate($"{run.Line.Action.Source.Split(' ')[0]} {fileEvent.Operation}", 1, (_, count) => count + 1);
            }
            Interlocked.Decrement(ref _running);
            return ActionOutcome.Success;
        }
    }
}
