using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>Every fault in the middle of every load: when it is over both sides become equal, and nothing beside them was touched.</summary>
public sealed class FaultTests
{
    private static int Rounds => Privileges.IsSoak ? 5 : 1;

    [Theory]
    [InlineData(FaultKind.MirrorKilled, TargetKind.RsyncInstalled)]
    [InlineData(FaultKind.DaemonKilled, TargetKind.Rsync327)]
    [InlineData(FaultKind.EventsLost, TargetKind.RsyncInstalled)]
    [InlineData(FaultKind.DestinationFull, TargetKind.RsyncInstalled)]
    [InlineData(FaultKind.DestinationReadOnly, TargetKind.Rsync327)]
    [InlineData(FaultKind.ConnectionCut, TargetKind.RsyncInstalled)]
    [InlineData(FaultKind.NetworkDown, TargetKind.Rsync327)]
    [InlineData(FaultKind.SourceUnmounted, TargetKind.Local)]
    public void Both_sides_are_equal_after(FaultKind fault, TargetKind target) => Judge(fault, target, Load.All);

    [Theory]
    [InlineData(FaultKind.MirrorSuspended, TargetKind.Local)]
    [InlineData(FaultKind.DestinationOverQuota, TargetKind.RsyncInstalled)]
    public void Both_sides_are_equal_after_churn_and(FaultKind fault, TargetKind target) => Judge(fault, target, Load.All.Take(1));

    public static TheoryData<FaultKind, TargetKind> WholeMatrix()
    {
        var all = new TheoryData<FaultKind, TargetKind>();
        foreach (var fault in Enum.GetValues<FaultKind>())
        {
            foreach (var target in (TargetKind[])[TargetKind.RsyncInstalled, TargetKind.Rsync327, TargetKind.Local])
            {
                if (target != TargetKind.Local || fault is not (FaultKind.DaemonKilled or FaultKind.ConnectionCut or FaultKind.NetworkDown))
                    all.Add(fault, target);
            }
        }
        return all;
    }

    [Theory, MemberData(nameof(WholeMatrix))]
    public void Both_sides_are_equal_after_it_came_often(FaultKind fault, TargetKind target)
    {
        Privileges.NeedsSoak();
        Judge(fault, target, Load.All);
    }

    private static void Judge(FaultKind kind, TargetKind target, IEnumerable<Load> loads)
    {
        var seed = TestSeed.Next();
        var random = new Random(seed);
        var fault = Fault.Of(kind, target);
        using var bed = fault.Bed;
        bed.Start();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var load in loads)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{load.Name}, round {round}");
                load.Prepare(bed.Source);
                bed.AssertConverges();
                Disturb(fault, load, random);
                bed.AssertConverges();
                bed.Clear();
            }
        }
    }

    /// <summary>The fault begins before, during or after the load, and stays for a while.</summary>
    private static void Disturb(Fault fault, Load load, Random random)
    {
        var (begin, length, seed) = (random.Next(150), random.Next(100, 600), random.Next());
        var running = new Thread(() => load.Run(fault.Bed.Source, seed));
        running.Start();
        Thread.Sleep(begin);
        fault.Strike();
        Thread.Sleep(length);
        fault.Heal();
        running.Join();
    }
}
