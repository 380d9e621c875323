using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Destinations.Local;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>The kinds of destination that pass the same tests.</summary>
public enum TargetKind
{
    RsyncInstalled,
    Rsync327,
    Ssh,
    Local,
}

/// <summary>Runs a theory once with each <see cref="TargetKind"/> before the arguments given here.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachTargetAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<TargetKind>().Select(kind => new TheoryDataRow<TargetKind>(kind))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>A source, a destination of some kind, and a mirror between them.</summary>
public sealed class MirrorBed : IDisposable
{
    private readonly TargetKind _kind;
    private readonly TempDirectory _locks = new();
    private Mirror? _mirror;

    /// <param name="connections">The most that the module takes at a time.</param>
    public MirrorBed(TargetKind kind, bool chroot = true, int? connections = null)
    {
        _kind = kind;
        Source.Write("stays", "so that the source is never empty");
        if (kind == TargetKind.Ssh)
            Sshd = new Sshd();
        if (kind is TargetKind.Local or TargetKind.Ssh)
            return;
        var module = new RsyncModule("mod", Target.Path);
        if (!chroot)
            module["use chroot"] = "no";
        if (connections is { } most)
            (module["max connections"], module["lock file"]) = ($"{most}", _locks["daemon"]);
        Daemon = new RsyncDaemon(kind == TargetKind.RsyncInstalled ? RsyncVersion.Installed : RsyncVersion.Debian327, module);
    }

    public TempDirectory Source { get; } = new();

    public TempDirectory Target { get; } = new();

    public RsyncDaemon? Daemon { get; }

    public Sshd? Sshd { get; }

    /// <summary>Longest time in which nothing moves.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Another port than the daemon's own, which leads there.</summary>
    public int? Port { get; set; }

    /// <summary>A local directory that is a second destination.</summary>
    public string? Also { get; set; }

    public FilterRules Rules { get; init; } = FilterRules.None;

    public TimeSpan Settle { get; init; }

    public TimeSpan? WaitClose { get; init; }

    public TimeSpan Recheck { get; init; }

    /// <summary>Where to keep what is known over a start; null keeps nothing.</summary>
    public string? State { get; init; }

    private MirrorOptions Options => new() { Rules = Rules, Settle = Settle, WaitClose = WaitClose, Recheck = Recheck, StateDirectory = State };

    public DestinationWorker Worker => _mirror!.Workers[0];

    /// <summary>Starts the mirror and waits until the first comparison is through.</summary>
    public MirrorBed Start(bool wait = true)
    {
        _mirror = new Mirror(SourceRoot.Open(Source.Path), Options, Also is null ? [Destination] : [Destination, Second]);
        _mirror.Start(TestContext.Current.CancellationToken);
        if (wait)
            Eventually.True(() => Worker.Status.State == DestinationState.Following, "in sync", () => Worker.Status.ToString());
        return this;
    }

    /// <summary>Ends the mirror as a kill would: nothing is finished.</summary>
    public void Stop()
    {
        _mirror?.Abort();
        _mirror?.Dispose();
        _mirror = null;
    }

    public void AssertSame(TreeIgnore ignore = TreeIgnore.None, TimeSpan? timeout = null)
    {
        try
        {
            Eventually.SameTrees(Source.Path, Target.Path, ignore, timeout: timeout);
        }
        catch (XunitException)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(_mirror is null ? "" : $"{Worker.Status}\n{string.Join('\n', Worker.Status.Failures)}\n{Daemon?.Log}");
            throw;
        }
    }

    public void Dispose()
    {
        Stop();
        Daemon?.Dispose();
        Sshd?.Dispose();
        Source.Dispose();
        Target.Dispose();
        _locks.Dispose();
    }

    private LocalDestination Second(IFileSource source, Selection selection) =>
        new(new LocalDestinationOptions { Name = "second", Directory = Also!, Selection = selection }, source);

    internal IDestination Destination(IFileSource source, Selection selection) => _kind == TargetKind.Local
        ? new LocalDestination(new LocalDestinationOptions { Name = "local", Directory = Target.Path, Selection = selection }, source)
        : new RsyncDestination(
            new RsyncDestinationOptions
            {
                Name = "remote",
                Server = Server(),
                NumericIds = true,
                Filters = [.. Rules.ToWire(FilterSide.Sender)],
                Timeout = Timeout,
            },
            source);

    private IRsyncServer Server() => Sshd is not null
        ? new ShellServer(new ShellServerOptions { Shell = Sshd.Command.Split(' '), Host = Sshd.Host, Directory = Target.Path })
        : new DaemonServer(new DaemonAddress("127.0.0.1", "mod", Port ?? Daemon!.Port), "", null);
}
