using System.Net.Sockets;
using System.Runtime.InteropServices;
using ChangedFiles.Cli.Output;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Monitoring;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary>One running mirror on a terminal or in a pipe: reports, signals, exit code.</summary>
internal sealed class MirrorRun(Mirror mirror, MirrorReport report)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    private int _signals;

    public ExitCode Run(string source)
    {
        foreach (var worker in mirror.Workers)
        {
            worker.OnFailure = failure => report.Failure(worker.Status.Name, failure);
            worker.OnState = report.State;
            worker.OnDelivered = (batch, delivery) => report.Delivered(worker.Status.Name, batch, delivery);
        }
        mirror.OnWarning = report.Warning;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        mirror.Start(CancellationToken.None);
        using var control = Control();
        report.Started(source, mirror);
        while (!mirror.Join(report.IsLive ? ReportInterval : Timeout.InfiniteTimeSpan))
            report.Tick([.. mirror.Workers.Select(worker => worker.Status)]);
        report.Ended([.. mirror.Workers.Select(worker => worker.Status)]);
        return Worst();
    }

    /// <summary>A mirror works without it; only <c>status</c> and <c>wait</c> do not find it then.</summary>
    private ControlSocket? Control()
    {
        try
        {
            return new ControlSocket(new MirrorControl(mirror).Answer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            report.Warning($"status and wait will not find this mirror: {failure.Message}");
            return null;
        }
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
            mirror.Finish();
        else
            mirror.Abort();
    }

    private ExitCode Worst()
    {
        var worst = ExitCode.Success;
        foreach (var worker in mirror.Workers)
        {
            var status = worker.Status;
            var code = status.State is DestinationState.Away or DestinationState.Held or DestinationState.Failed or DestinationState.Halted ? worker.FinalExitCode
                : status.Pending > 0 || status.FailureCount > 0 ? ExitCode.PartialTransfer
                : ExitCode.Success;
            worst = code > worst ? code : worst;
        }
        return worst;
    }
}
