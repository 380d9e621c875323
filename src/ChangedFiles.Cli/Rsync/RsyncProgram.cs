using System.Runtime.InteropServices;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Cli.Rsync.Running;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary><c>changedfiles rsync</c> from the outside: words in, exit code out.</summary>
internal static class RsyncProgram
{
    private const PosixSignal User1 = (PosixSignal)10, User2 = (PosixSignal)12;

    /// <summary>Reads the command line, and answers, or runs, what it asks for.</summary>
    /// <param name="arguments">The process's last arguments, which are rsync's.</param>
    public static int Run(string[] arguments)
    {
        var words = ProcessFacts.Arguments(arguments);
        using var stop = new CancellationTokenSource();
        Linux.Signals.TakeBackIgnored();
        using var interrupt = StopOn(PosixSignal.SIGINT, stop);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop);
        using var hangUp = StopOn(PosixSignal.SIGHUP, stop);
        var signal = ExitCode.Signal;
        using var user1 = StopOn(User1, stop, () => signal = ExitCode.Signal1);
        // These say nothing, as in stock.
        using var user2 = StopOn(User2, stop, () => signal = ExitCode.Success);
        var quits = false;
        using var quit = StopOn(PosixSignal.SIGQUIT, stop, () => (signal, quits) = (ExitCode.Success, true));
        var code = Run(words, ProgramStreams.OfProcess(), stop.Token, () => signal);
        if (quits)
            Linux.Signals.DieOfQuit();
        return (int)code;
    }

    /// <summary>The same with the words at hand. A server takes the process's own input and output.</summary>
    /// <param name="signal">The code of an end by <paramref name="cancellation"/>.</param>
    public static ExitCode Run(IReadOnlyList<string> words, ProgramStreams streams, CancellationToken cancellation, Func<ExitCode>? signal = null)
    {
        var who = RsyncCommandLine.IsServer(words) ? "server" : "client";
        try
        {
            var invocation = RsyncCommandLine.Parse(words, Environment.GetEnvironmentVariable);
            switch (invocation.Mode)
            {
                case InvocationMode.Print:
                    TextOutput.TryWrite(streams.Output, ArgumentText.Encode(invocation.Text));
                    return ExitCode.Success;
                case InvocationMode.Transfer:
                    return Transfer(invocation, streams, signal, cancellation);
                case InvocationMode.Server:
                    return ServerRun.Run(words, cancellation);
                default:
                    throw Usage.Unsupported("This rsync does not support --daemon");
            }
        }
        catch (RsyncException error)
        {
            foreach (var line in RsyncCommandLine.Explain(error, who))
                streams.Error.Write(ArgumentText.Encode(line + "\n"));
            return error.ExitCode;
        }
    }

    private static ExitCode Transfer(RsyncInvocation invocation, ProgramStreams streams, Func<ExitCode>? signal, CancellationToken cancellation)
    {
        using var text = RunOutput.OpenText(streams, invocation, Environment.GetEnvironmentVariable, TimeProvider.System);
        var run = new ClientRun(invocation, text, cancellation) { Confined = streams.AreProcess };
        ExitCode code;
        try
        {
            code = run.Run();
        }
        catch (RsyncException error)
        {
            foreach (var line in RsyncCommandLine.Explain(error, run.Who))
                text.Error(line);
            return error.ExitCode;
        }
        catch (OperationCanceledException)
        {
            code = signal?.Invoke() ?? ExitCode.Signal;
        }
        text.EndProgress();
        if (code != ExitCode.Success)
            text.Error(code.LastLine("main", run.Who, VersionPage.Compatible));
        return code;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop, Action? first = null) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            first?.Invoke();
            stop.Cancel();
        });
}
