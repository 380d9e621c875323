using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Watching;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Commands;

/// <summary>A rule file at work in the foreground: signals, reload, clean end.</summary>
internal sealed partial class RuleRun(string path, string deadLetters, ILogger log) : IDisposable
{
    /// <summary>How long what runs and waits may take after the first signal to end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<PosixSignal> _signals = [];
    private readonly CancellationTokenSource _hurry = new();
    private bool _ending;

    public bool DryRun { get; init; }

    public WatchOptions Watch { get; init; } = new();

    /// <summary>Exit code 0 after a clean end, 1 when the rules cannot be put to work.</summary>
    public int Run()
    {
        if (Load() is not { } rules)
            return 1;
        using var claim = DryRun ? null : RuleState.TryClaim(path);
        if (claim is null && !DryRun)
        {
            Console.Error.WriteLine($"changedfiles: {path} is already run by process {RuleState.Running(path)}; changedfiles reload makes it read the file again");
            return 1;
        }
        using var rsync = new RsyncLines((action, from, to) => RuleRsync.Open(action, from, to, log));
        using var executor = new ActionExecutor(log, rsync.Run);
        var runner = new ActionRunner(DryRun ? new DryRunExecutor(log) : executor, log, DryRun ? null : new DeadLetters(deadLetters));
        using var daemon = new RuleDaemon(runner, DryRun ? null : action => RuleRsync.Mirror(action, Watch), Watch, log);
        try
        {
            return Run(rules, daemon, runner);
        }
        finally
        {
            runner.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private int Run(RuleSet rules, RuleDaemon daemon, ActionRunner runner)
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        if (!TryApply(daemon, rules))
            return 1;
        Started(log, path, rules.Rules.Count);
        while (_signals.Take() == PosixSignal.SIGHUP)
        {
            if (Load() is { } reloaded && TryApply(daemon, reloaded))
                Reloaded(log, path, reloaded.Rules.Count);
            else
                Kept(log, path);
        }
        Stopping(log, runner.Unfinished);
        daemon.Stop(Grace);
        runner.FinishAsync(Grace, _hurry.Token).GetAwaiter().GetResult();
        return 0;
    }

    public void Dispose()
    {
        _signals.Dispose();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal != PosixSignal.SIGHUP && Interlocked.Exchange(ref _ending, true))
            _hurry.Cancel();    // The second time: nothing is waited for any more.
        _signals.Add(context.Signal);
    }

    private RuleSet? Load()
    {
        if (RuleFileOption.Load(path, Console.Error) is not { } file)
            return null;
        RuleFileOption.Print(file, Console.Error);
        return file.IsGood ? file.Rules : null;
    }

    private static bool TryApply(RuleDaemon daemon, RuleSet rules)
    {
        try
        {
            daemon.Apply(rules);
            return true;
        }
        catch (Exception e) when (e is WatchException or SourceLostException)
        {
            Console.Error.WriteLine($"changedfiles: {e.Message}");
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: rules at work: {Count}")]
    private static partial void Started(ILogger log, string file, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: read again; rules at work: {Count}")]
    private static partial void Reloaded(ILogger log, string file, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File}: not taken in; the rules from before stay at work")]
    private static partial void Kept(ILogger log, string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "ending; actions to finish: {Count}")]
    private static partial void Stopping(ILogger log, int count);
}
