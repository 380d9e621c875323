using System.Diagnostics;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Rules;

/// <summary>The program <c>changedfiles run</c> at work on a rule file, in directories of its own.</summary>
internal sealed class RuleBed : IDisposable
{
    private static readonly string Program = ProgramRun.Path;

    private readonly string[] _environment;
    private ServerProcess? _server;

    /// <param name="path">Programs to find before those of the machine.</param>
    public RuleBed(string? path = null)
    {
        var programs = path is null ? [] : (string[])[$"PATH={path}:{Environment.GetEnvironmentVariable("PATH")}"];
        _environment = [$"XDG_RUNTIME_DIR={Temp.Mkdir("runtime")}", $"XDG_STATE_HOME={Temp.Mkdir("state")}", .. programs];
    }

    public TempDirectory Temp { get; } = new();

    public string Rules => Temp["rules"];

    public string Log => _server?.Log ?? "";

    public int Pid => _server!.Pid;

    /// <summary>Starts the daemon and waits until the rules are at work.</summary>
    public RuleBed Start(string rules, params string[] options) => Start(null, rules, options);

    /// <summary>The same, written down by a trace.</summary>
    public RuleBed Start(ProcessTrace? trace, string rules, params string[] options)
    {
        File.WriteAllText(Rules, rules);
        string[] words = [.. _environment, Program, "run", "-c", Rules, .. options];
        var start = trace?.Trace("env", words) ?? new ProcessStartInfo("env", words);
        _server = new ServerProcess(Temp[$"log-{Guid.NewGuid():N}"], start.FileName, start.ArgumentList);
        Eventually.True(() => Log.Contains("rules at work", StringComparison.Ordinal) || !_server.IsRunning, "the rules are at work", () => Log);
        Assert.True(_server.IsRunning, Log);
        return this;
    }

    /// <summary>Runs another verb beside the daemon.</summary>
    public Command Call(string verb, params string[] words) => Command.Run("env", [.. _environment, Program, verb, .. words]);

    /// <summary>Gives the daemon other rules.</summary>
    public Command Reload(string rules)
    {
        File.WriteAllText(Rules, rules);
        return Call("reload", "-c", Rules);
    }

    /// <summary>Ends the daemon as an administrator would; in a hurry, what waits is not waited for.</summary>
    public void Stop(bool hurry = false)
    {
        _server!.Signal("TERM");
        Eventually.True(() => Log.Contains("ending", StringComparison.Ordinal), "it ends", () => Log);
        if (hurry)
            _server.Signal("TERM");
        Eventually.True(() => !_server.IsRunning, "it has ended", () => Log);
    }

    public void Dispose()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Log.Length < 4000 ? Log : Log[..4000]);
        _server?.Dispose();
        Temp.Dispose();
    }
}
