using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Tests.Rules;
using ChangedFiles.TestKit;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChangedFiles.Engine.Tests.Running;

/// <summary>Real commands, started by a real runner.</summary>
public sealed class ActionRunnerTests : IAsyncDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly RecordingLog _log = new();
    private readonly ActionExecutor _executor;
    private readonly DeadLetters _deadLetters;
    private readonly ActionRunner _runner;

    public ActionRunnerTests()
    {
        _executor = new ActionExecutor(_log);
        _deadLetters = new DeadLetters(_temp["dead-letters"]);
        _runner = new ActionRunner(_executor, _log, _deadLetters);
    }

    [Fact]
    public void A_name_of_any_bytes_reaches_shell_and_exec()
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(_temp.Path), .. "/in/a b'\"$(x)\n"u8, 0xFF, 0xE9];
        Run($"""
            WORKDIR {_temp.Path}
            OPENW printf '%s' _FILE_ > shell
            OPENW EXEC sh -c 'printf %s "$1" > exec' x _FILE_
            OPENW printf %s "$CHANGEDFILES_FILE" > variable
            """, name);
        Assert.Equal(name, File.ReadAllBytes(_temp["shell"]));
        Assert.Equal(name, File.ReadAllBytes(_temp["exec"]));
        Assert.Equal(name, File.ReadAllBytes(_temp["variable"]));
    }

    [Fact]
    public void Output_goes_to_the_log_and_a_failure_ends_in_the_dead_letters()
    {
        Run("RETRY 2 10ms\nOPENW echo said; echo wrong >&2; exit 3", "/x"u8);
        Assert.Equal(3, _log.Lines.Count(l => l.EndsWith(": said", StringComparison.Ordinal)));
        Assert.Equal(2, _log.Lines.Count(l => l.EndsWith("/x: exit code 3: wrong; it will be tried again", StringComparison.Ordinal)));
        Assert.Single(_log.Lines, l => l.EndsWith("/x: exit code 3: wrong; given up", StringComparison.Ordinal));
        var letter = Assert.Single(_deadLetters.TakeAll());
        Assert.Equal(("/x", 3, "exit code 3: wrong"), (Encoding.UTF8.GetString(letter.Event.Path), letter.Attempts, letter.Reason));
        _deadLetters.Settle();
        Assert.Empty(_deadLetters.TakeAll());
    }

    [Fact]
    public void A_run_that_takes_too_long_is_ended_with_its_children()
    {
        Run($"TIMEOUT 300ms\nRETRY 0\nOPENW sh -c 'echo $$ > {_temp["pid"]}; sleep 1000' & wait", "/x"u8);
        Assert.Contains("longer than TIMEOUT 0.3 s", Assert.Single(_deadLetters.TakeAll()).Reason, StringComparison.Ordinal);
        Eventually.True(() => !Directory.Exists($"/proc/{_temp.Read("pid").Trim()}"), "the child is gone");
    }

    [Fact]
    public void A_program_that_is_not_there_is_told()
    {
        Run("RETRY 0\nOPENW EXEC /no/such/program", "/x"u8);
        Assert.Equal("cannot start /no/such/program in /: No such file or directory", Assert.Single(_deadLetters.TakeAll()).Reason);
    }

    [Fact]
    public void A_batch_gets_all_names_on_standard_input_or_as_arguments()
    {
        var rules = Rules($"""
            WORKDIR {_temp.Path}
            BATCH stdin 100 200ms
            OPENW cat > stdin; echo run >> stdin-runs
            RULE ^/y
            WORKDIR {_temp.Path}
            BATCH args 100 200ms
            OPENW printf '%s\n' _FILE_ > args
            """, "^/x");
        for (var i = 0; i < 50; i++)
        {
            Post(rules, Encoding.UTF8.GetBytes($"/x {i}"));
            Post(rules, Encoding.UTF8.GetBytes($"/y {i}"));
        }
        Done();
        var names = Enumerable.Range(0, 50).Select(i => $"/x {i}\0");
        Assert.Equal(string.Concat(names), _temp.Read("stdin"));
        Assert.Equal("run\n", _temp.Read("stdin-runs"));
        Assert.Equal(50, _temp.Read("args").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Log_and_append_never_make_two_lines_of_a_name()
    {
        Run($"OPENW LOG changed _FILE_\nOPENW APPEND {_temp["log"]} _OPERATION_ _FILE_", "/a\nb"u8);
        Assert.Contains("changed /a\\#012b", _log.Lines);
        Assert.Equal("OPENW /a\\#012b\n", _temp.Read("log"));
    }

    [Fact]
    public async Task Http_posts_the_event_as_json()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var request = AnswerOnce(listener);
        Run($"RETRY 0\nOPENW HTTP POST http://{listener.LocalEndpoint}/hook?f=_BASENAME_", "/a/b c"u8);
        var text = await request;
        Assert.StartsWith("POST /hook?f=b%20c HTTP/1.1", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("/a/b c", json.RootElement.GetProperty("file").GetString());
        Assert.Equal("OPENW", json.RootElement.GetProperty("operation").GetString());
        Assert.Empty(_deadLetters.TakeAll());
    }

    [Fact]
    public void A_command_runs_as_another_user()
    {
        Privileges.NeedsRoot();
        Run($"USER nobody\nRETRY 0\nOPENW id -un; id -G", "/x"u8);
        Assert.Contains(_log.Lines, l => l.EndsWith(": nobody", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.EndsWith(": 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plain_rsync_lines_are_handed_to_the_library_in_groups()
    {
        var runs = new List<int>();
        using var first = new ManualResetEventSlim();
        using var executor = new ActionExecutor(_log, (run, action, cancellation) =>
        {
            runs.Add(run.Events.Count);
            first.Wait(cancellation);
            return ActionOutcome.Success;
        });
        await using var runner = new ActionRunner(executor, _log);
        var rules = Rules("OPENW rsync -a _FILE_ host::m_FILE_", "^/");
        for (var i = 0; i < 5000; i++)
        {
            foreach (var match in rules.Match(Encoding.UTF8.GetBytes($"/{i}"), Operation.OPENW))
                runner.Post(match);
        }
        first.Set();
        Eventually.Equal(0, () => runner.Unfinished);
        Assert.Equal(5000, runs.Sum());
        Assert.InRange(runs.Count, 5, 20);
    }

    [Fact]
    public void What_a_run_writes_itself_does_not_start_it_again()
    {
        var rules = Rules($"OPENW echo $$ > {_temp["pid"]}; sleep 1000", "^/");
        Post(rules, "/x"u8);
        Eventually.True(() => File.Exists(_temp["pid"]) && _temp.Read("pid").EndsWith('\n'), "the command runs");
        var own = new FileEvent(Operation.OPENW, "/y"u8.ToArray()) { Pid = int.Parse(_temp.Read("pid"), null) };
        var matches = new List<RuleMatch>();
        rules.Match(own, matches);
        _runner.Post(Assert.Single(matches));
        Assert.Equal(1, _runner.Unfinished);
        _runner.Post(Assert.Single(matches) with { Event = own with { Pid = Environment.ProcessId } });
        Assert.Equal(2, _runner.Unfinished);
    }

    [Fact]
    public void A_dead_letter_comes_back_to_life_only_with_its_rule()
    {
        var rules = Rules("RETRY 0\nOPENW false", "^/x");
        Post(rules, [.. "/x"u8, 0xFF]);
        Done();
        var letter = Assert.Single(_deadLetters.TakeAll());
        Assert.Equal([.. "/x"u8, 0xFF], DeadLetters.Revive(letter, rules)!.Value.Event.Path);
        Assert.Null(DeadLetters.Revive(letter, Rules("OPENW true", "^/x")));
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        _executor.Dispose();
        _temp.Dispose();
    }

    private void Run(string lines, ReadOnlySpan<byte> path)
    {
        Post(Rules(lines, "^/"), path);
        Done();
    }

    private void Done() => Eventually.Equal(0, () => _runner.Unfinished);

    private void Post(RuleSet rules, ReadOnlySpan<byte> path)
    {
        foreach (var match in rules.Match(path, Operation.OPENW))
            _runner.Post(match);
    }

    private static RuleSet Rules(string lines, string regex)
    {
        var file = RuleFile.Parse($"RULE {regex}\n{lines}", rsync: PlainRsync.Read);
        Assert.Empty(file.Diagnostics);
        return file.Rules;
    }

    private static async Task<string> AnswerOnce(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var buffer = new byte[65536];
        var text = "";
        while (!text.Contains('}', StringComparison.Ordinal))
            text += Encoding.UTF8.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        await client.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        return text;
    }

    private sealed class RecordingLog : ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add(formatter(state, exception));
        }
    }
}
