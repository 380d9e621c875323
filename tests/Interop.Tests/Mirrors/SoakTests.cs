using System.Diagnostics;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>What is measured of the whole process runs by itself.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;

/// <summary>Long runs of a mirror.</summary>
[Collection(nameof(WholeProcess))]
public sealed class SoakTests
{
    private const int Files = 1_000;

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void Memory_stays_flat_over_thousands_of_changes(int rounds)
    {
        if (rounds > 20)
            Privileges.NeedsSoak();
        using var bed = new MirrorBed(TargetKind.RsyncInstalled).Start();
        long settled = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Files; i++)
                bed.Source.Write($"d{i % 20}/f{round % 3}-{i}", $"{round}");
            for (var i = 0; i < Files; i++)
                File.Delete(bed.Source[$"d{i % 20}/f{(round + 1) % 3}-{i}"]);
            if (round % 4 == 3)
                bed.AssertSame();
            if (round == rounds / 5 - 1)
                settled = GC.GetTotalMemory(forceFullCollection: true);
        }
        var grown = GC.GetTotalMemory(forceFullCollection: true) - settled;
        TestContext.Current.TestOutputHelper?.WriteLine($"{settled:n0} bytes in use after {Files * rounds / 5:n0} changes, {grown:n0} more after {Files * rounds:n0}");
        Assert.True(grown < 2 << 20, $"{grown:n0} bytes more in use after {Files * rounds:n0} changes");
    }

    [Theory, EachTarget]
    public void A_kernel_tree_is_mirrored_while_tar_unpacks_it(TargetKind kind)
    {
        Privileges.NeedsSoak();
        const string archive = "/usr/src/linux-source-6.1.tar.xz";
        Assert.SkipUnless(File.Exists(archive), "needs the package linux-source-6.1");
        using var bed = new MirrorBed(kind).Start();
        Command.Run(new ProcessStartInfo("tar", ["-xf", archive, "-C", bed.Source.Path]), timeout: TimeSpan.FromMinutes(10)).Checked();
        bed.AssertSame(timeout: TimeSpan.FromMinutes(10));
    }
}
