using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ChangedFiles.Cli.Commands;
using ChangedFiles.Interop.Tests.Faults;
using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Monitoring;

/// <summary><c>status</c> and <c>wait</c> against mirrors that run as programs of their own.</summary>
public sealed class StatusAndWaitTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("auto")]
    [InlineData("inotify")]
    public void When_wait_returns_everything_that_had_happened_is_there(string source)
    {
        using var bed = new FaultBed(TargetKind.RsyncInstalled) { Options = [$"--source={source}"] };
        Start(bed);
        using var enough = new CancellationTokenSource();
        var others = new Thread(() => new RandomWriter(Directory.CreateDirectory($"{bed.Source}/busy").FullName, 1) { Operations = 100_000 }.Run(enough.Token));
        others.Start();
        for (var i = 0; i < 15; i++)
        {
            File.WriteAllText($"{bed.Source}/written", $"{i}");
            Directory.CreateDirectory($"{bed.Source}/deep/{i % 7}");
            File.WriteAllText($"{bed.Source}/deep/{i % 7}/file", $"{i}");
            Assert.Equal(ExitCode.Success, Wait(bed, timeout: 60));
            Assert.Equal($"{i}", File.ReadAllText($"{bed.Target}/written"));
            Assert.Equal($"{i}", File.ReadAllText($"{bed.Target}/deep/{i % 7}/file"));
        }
        enough.Cancel();
        others.Join();
    }

    [Fact]
    public void A_destination_that_hangs_makes_wait_time_out_and_the_watermark_stand_still()
    {
        using var bed = new FaultBed(TargetKind.RsyncInstalled);
        var link = bed.Own(new LoopbackLink(bed.Daemon!.Port));
        bed.Address = $"127.0.0.1:{link.Port}";
        Start(bed);
        link.Stall();
        var before = DateTimeOffset.UtcNow;
        File.WriteAllText($"{bed.Source}/late", "x");
        Assert.Equal(ExitCode.Timeout, Wait(bed, timeout: 0.3));
        Assert.Contains("not confirmed in time", _error.ToString(), StringComparison.Ordinal);
        var destination = Status(bed)["destinations"]![0]!;
        var watermark = DateTimeOffset.Parse((string)destination["watermark"]!, CultureInfo.InvariantCulture);
        Assert.InRange(watermark, before, DateTimeOffset.UtcNow.AddSeconds(-0.3));
        Assert.InRange((double)destination["lag_seconds"]!, 0.3, 3600);
        Assert.True((int)destination["pending"]! > 0);
        link.Repair();
        Assert.Equal(ExitCode.Success, Wait(bed, timeout: 60));
        Assert.Equal(0, (int)Status(bed)["destinations"]![0]!["pending"]!);
    }

    [Fact]
    public void Status_shows_a_destination_that_is_away_and_when_it_is_tried_again()
    {
        using var bed = new FaultBed(TargetKind.RsyncInstalled);
        Start(bed);
        bed.Daemon!.Kill();
        File.WriteAllText($"{bed.Source}/late", "x");
        Eventually.True(() => StatusCommand.Run(bed.Source, json: false, _output, _error) == ExitCode.PartialTransfer, "away");
        Eventually.True(
            () => Status(bed)["destinations"]![0]!["next_attempt_seconds"] is { } next && (double)next > 0, "the next attempt is told", () => $"{Status(bed)}");
        StatusCommand.Run(bed.Source, json: false, _output, _error);
        Assert.Contains("Connection refused", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("tried again by itself", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_for_a_mirror_that_halts_ends_at_once()
    {
        using var bed = new FaultBed(TargetKind.Local);
        Start(bed);
        bed.Mirror.Signal("STOP");
        var waiting = Stopwatch.StartNew();
        var result = ExitCode.Success;
        var waiter = new Thread(() => result = Wait(bed, timeout: 60));
        waiter.Start();
        Directory.Move(bed.Source, bed.SourceArea + "/moved");
        bed.Mirror.Signal("CONT");
        waiter.Join();
        Assert.InRange(waiting.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.NotEqual(ExitCode.Success, result);
    }

    [Fact]
    public void What_does_not_run_is_told_with_rsyncs_code_for_no_connection()
    {
        using var temp = new TempDirectory();
        Assert.Equal(ExitCode.SocketIO, WaitCommand.Run(temp.Path, null, 1, _error));
        Assert.Equal(ExitCode.SocketIO, StatusCommand.Run(temp.Path, json: false, _output, _error));
        Assert.Contains($"no mirror of {temp.Path} is running", _error.ToString(), StringComparison.Ordinal);
        using var bed = new FaultBed(TargetKind.Local);
        Start(bed);
        Assert.Equal(ExitCode.SocketIO, WaitCommand.Run(bed.Source, "/other", 1, _error));
        Assert.Contains("/other is no destination", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, WaitCommand.Run(bed.Source, bed.Target + "/", 60, _error));
    }

    [Fact]
    public void The_socket_is_for_its_user_alone_and_goes_with_the_mirror()
    {
        using var bed = new FaultBed(TargetKind.Local);
        Start(bed);
        var socket = Assert.Single(RunningMirrors.Find(bed.Source)).Socket;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        bed.Mirror.End("KILL");
        // While the kernel still takes the process apart, one can connect and gets no answer.
        Eventually.True(() => RunningMirrors.Find(bed.Source).Count == 0 && !File.Exists(socket), "the socket of a killed mirror is removed");
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private static void Start(FaultBed bed)
    {
        bed.Start();
        Eventually.True(() => RunningMirrors.Find(bed.Source).Count == 1, "the mirror answers", () => bed.Said);
        bed.AssertConverges();
    }

    private ExitCode Wait(FaultBed bed, double timeout) => WaitCommand.Run(bed.Source, null, timeout, _error);

    private static JsonObject Status(FaultBed bed) => RunningMirrors.Find(bed.Source)[0].Status;
}
