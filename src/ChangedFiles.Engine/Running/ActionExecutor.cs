using System.Collections;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>Runs a plain rsync line for all events of a run. Called on a thread of its own.</summary>
public delegate ActionOutcome RsyncRunner(ActionRun run, RsyncAction action, CancellationToken cancellation);

/// <summary>Does what rule lines say.</summary>
public sealed class ActionExecutor : IActionExecutor, IDisposable
{
    private readonly ILogger _log;
    private readonly CommandExecutor _commands;
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Lock _appending = new();
    private readonly RsyncRunner? _rsync;

    /// <param name="log">Gets the output of commands and the lines of LOG.</param>
    /// <param name="rsync">Runs plain rsync lines; needed for rules that were read with an <see cref="RsyncReader"/>.</param>
    /// <param name="environment">What commands find in their environment; without it, this process's own.</param>
    public ActionExecutor(ILogger log, RsyncRunner? rsync = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        _log = log;
        _commands = new CommandExecutor(log, environment ?? OwnEnvironment());
        _rsync = rsync;
    }

    public bool IsOwn(RuleLine line, int pid) => _commands.IsOwn(line, pid);

    public Task<ActionOutcome> RunAsync(ActionRun run, CancellationToken cancellation) => run.Line.Action switch
    {
        HttpAction http => Try(() => PostAsync(run, http, cancellation)),
        LogAction action => Try(() => Log(run, action)),
        AppendAction append => Try(() => Append(run, append)),
        ShellAction shell => OnThread(() => _commands.Shell(run, shell.Script, cancellation)),
        ExecAction exec => OnThread(() => _commands.Exec(run, exec, cancellation)),
        RsyncAction rsync when _rsync is not null => OnThread(() => _rsync(run, rsync, cancellation)),
        var other => throw new InvalidOperationException($"{other.Manner} is not an action that is run for an event"),
    };

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> OwnEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");

    // A run waits for a process most of its time; the thread pool is not for that.
    private static Task<ActionOutcome> OnThread(Func<ActionOutcome> run) =>
        Try(() => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    private static async Task<ActionOutcome> Try(Func<Task<ActionOutcome>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return new ActionOutcome(e.Message);
        }
    }

    private async Task<ActionOutcome> PostAsync(ActionRun run, HttpAction action, CancellationToken cancellation)
    {
        foreach (var values in run.Values)
        {
            using var content = new ByteArrayContent(Json(values));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(action.Address(values), content, cancellation);
            if (!response.IsSuccessStatusCode)
                return new ActionOutcome($"{action.Address(values)} answered {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        return ActionOutcome.Success;
    }

    private static byte[] Json(EventValues values)
    {
        var json = new JsonObject();
        foreach (var substitution in SubstitutionText.All)
            json[substitution.ToString().ToLowerInvariant()] = TreePath.Printable(values[substitution]);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private Task<ActionOutcome> Log(ActionRun run, LogAction action)
    {
        foreach (var values in run.Values)
        {
            var text = Printable(action.Text, values);
            _log.RuleSaid(text);
        }
        return Task.FromResult(ActionOutcome.Success);
    }

    private Task<ActionOutcome> Append(ActionRun run, AppendAction action)
    {
        foreach (var values in run.Values)
        {
            var line = Encoding.UTF8.GetBytes(Printable(action.Text, values) + "\n");
            lock (_appending)
            {
                var path = ArgumentText.Decode(action.File.Expand(values));
                using var file = File.OpenHandle(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                RandomAccess.Write(file, line, RandomAccess.GetLength(file));
            }
        }
        return Task.FromResult(ActionOutcome.Success);
    }

    private static string Printable(Template text, EventValues values) =>
        Encoding.UTF8.GetString(text.Expand(values, value => Encoding.UTF8.GetBytes(TreePath.Printable(value))));
}

/// <summary>Says what would be done.</summary>
public sealed class DryRunExecutor(ILogger log) : IActionExecutor
{
    public bool IsOwn(RuleLine line, int pid) => false;

    public Task<ActionOutcome> RunAsync(ActionRun run, CancellationToken cancellation)
    {
        foreach (var (happened, values) in run.Events.Zip(run.Values))
        {
            var action = run.Line.Action;
            log.WouldDo(run.Line.Place, happened.Operation.Spell(), TreePath.Printable(happened.Path), action.Manner, action.Describe(values));
        }
        return Task.FromResult(ActionOutcome.Success);
    }
}
