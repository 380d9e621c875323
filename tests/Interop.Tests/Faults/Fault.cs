using System.Globalization;
using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>What goes wrong. Named as in docs and issues; <see cref="Fault.Of"/> says what each does.</summary>
public enum FaultKind
{
    MirrorKilled,
    DaemonKilled,
    EventsLost,
    DestinationFull,
    DestinationReadOnly,
    ConnectionCut,
    NetworkDown,
    SourceUnmounted,
    MirrorSuspended,
    DestinationOverQuota,
}

/// <summary>A fault that can begin and end while a mirror runs and its source changes.</summary>
/// <param name="Bed">Made for it.</param>
/// <param name="Strike">Begins it.</param>
/// <param name="Heal">Ends it.</param>
internal sealed record Fault(FaultBed Bed, Action Strike, Action Heal)
{
    /// <summary>Makes a bed that suits the fault, with a destination of a kind. Skips the test where the machine cannot have it.</summary>
    public static Fault Of(FaultKind kind, TargetKind target) => kind switch
    {
        FaultKind.MirrorKilled => MirrorKilled(new FaultBed(target)),
        FaultKind.DaemonKilled => DaemonKilled(new FaultBed(target)),
        FaultKind.EventsLost => EventsLost(new FaultBed(target) { Options = ["--source=inotify"] }),
        FaultKind.DestinationFull => DestinationFull(OnTmpfs(target, out _)),
        FaultKind.DestinationReadOnly => DestinationReadOnly(OnTmpfs(target, out var mount), mount),
        FaultKind.ConnectionCut => ConnectionCut(new FaultBed(target)),
        FaultKind.NetworkDown => NetworkDown(target),
        FaultKind.MirrorSuspended => MirrorSuspended(new FaultBed(target)),
        FaultKind.DestinationOverQuota => DestinationOverQuota(target),
        _ => SourceUnmounted(target),
    };

    private static Fault MirrorKilled(FaultBed bed) => new(bed, () => bed.Mirror.End("KILL"), bed.Start);

    private static Fault DaemonKilled(FaultBed bed) => new(bed, bed.Daemon!.Kill, bed.Daemon!.Restart);

    private static Fault MirrorSuspended(FaultBed bed) => new(bed, () => bed.Mirror.Signal("STOP"), () => bed.Mirror.Signal("CONT"));

    /// <summary>With the quota of a btrfs subvolume, which holds for root too.</summary>
    private static Fault DestinationOverQuota(TargetKind target)
    {
        var mount = TempMount.Loop("btrfs");
        Command.Check("btrfs", "quota", "enable", mount.Path);
        Command.Check("btrfs", "subvolume", "create", $"{mount.Path}/area");
        var bed = new FaultBed(target, targetArea: $"{mount.Path}/area");
        bed.Own(mount);
        var group = $"0/{Command.Run("btrfs", "inspect-internal", "rootid", bed.TargetArea).Checked().Output.Trim()}";
        void Limit(string size) => Command.Check("btrfs", "qgroup", "limit", size, group, mount.Path);
        return new(bed, () => Limit("1M"), () => Limit("none"));
    }

    /// <summary>The mirror stands still until the kernel's queue is full and drops what comes then; the loads come after that.</summary>
    private static Fault EventsLost(FaultBed bed)
    {
        var limit = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), CultureInfo.InvariantCulture);
        return new(bed, () => Flood(bed, limit), () => bed.Mirror.Signal("CONT"));
    }

    private static void Flood(FaultBed bed, int events)
    {
        bed.Mirror.Signal("STOP");
        using var tree = new RawTree(bed.Source);
        tree.Create("flood"u8, "1"u8);
        for (var i = 0; i < events / 4; i++)
        {
            tree.Rename("flood"u8, "flood2"u8);
            tree.Rename("flood2"u8, "flood"u8);
        }
    }

    private static FaultBed OnTmpfs(TargetKind target, out TempMount mount)
    {
        mount = TempMount.Tmpfs("64m");
        var bed = new FaultBed(target, targetArea: mount.Path);
        bed.Own(mount);
        return bed;
    }

    private static Fault DestinationFull(FaultBed bed)
    {
        var filler = $"{bed.TargetArea}/filler";
        return new(bed, () => Command.Run("dd", "if=/dev/zero", $"of={filler}", "bs=64k"), () => File.Delete(filler));
    }

    private static Fault DestinationReadOnly(FaultBed bed, TempMount mount)
    {
        void Remount(string how) => Eventually.True(() => Command.Run("mount", "-o", $"remount,{how}", mount.Path).ExitCode == 0, $"remounted {how}");
        return new(bed, () => Remount("ro"), () => Remount("rw"));
    }

    /// <summary>A slow line, and every connection is cut in the middle of what it carries.</summary>
    private static Fault ConnectionCut(FaultBed bed)
    {
        var link = bed.Own(new LoopbackLink(bed.Daemon!.Port) { Delay = TimeSpan.FromMilliseconds(5) });
        bed.Address = $"127.0.0.1:{link.Port}";
        return new(bed, () => link.CutAfter(5000), link.Repair);
    }

    /// <summary>The mirror has a network of its own, whose only line goes down: nobody is told anything.</summary>
    private static Fault NetworkDown(TargetKind target)
    {
        var network = new TestNetwork();
        var bed = new FaultBed(target) { Prefix = network.Enter };
        bed.Own(network);
        var link = bed.Own(new LoopbackLink(bed.Daemon!.Port, network.Outside));
        bed.Address = $"{network.Outside}:{link.Port}";
        return new(bed, network.Down, network.Up);
    }

    /// <summary>The mirror must halt and leave the destination alone; it is started again when the source is back.</summary>
    private static Fault SourceUnmounted(TargetKind target)
    {
        var mount = TempMount.Tmpfs("64m");
        var bed = new FaultBed(target, sourceArea: mount.Path);
        bed.Own(mount);
        var bind = bed.Own(TempMount.Bind(mount.Path));
        bed.MirroredPath = $"{bind.Path}/mirror";
        return new(
            bed,
            () =>
            {
                bind.Detach();
                Eventually.True(() => !bed.Mirror.IsRunning, "the mirror halts", () => bed.Said);
            },
            () =>
            {
                bind.Attach();
                bed.Start();
            });
    }
}
