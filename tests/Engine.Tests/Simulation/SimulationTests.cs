using System.Globalization;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>Thousands of histories with faults. CHANGEDFILES_TEST_SEED=N repeats one exactly.</summary>
public sealed class SimulationTests
{
    private static int Seeds => Privileges.IsSoak ? 100_000 : 2_000;

    [Fact]
    public void Whatever_happens_both_sides_are_equal_in_the_end()
    {
        // Real files, but in memory: they are written thousands of times, each time down to the disk.
        var state = Directory.CreateDirectory($"/dev/shm/changedfiles-test-{Environment.ProcessId}");
        try
        {
            SimulateAll(state.FullName);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static void SimulateAll(string stateDirectory)
    {
        if (Environment.GetEnvironmentVariable("CHANGEDFILES_TEST_SEED") is { } given)
        {
            Simulate(int.Parse(given, CultureInfo.InvariantCulture), stateDirectory);
            return;
        }
        var first = Random.Shared.Next(int.MaxValue - Seeds);
        TestContext.Current.TestOutputHelper?.WriteLine($"seeds from {first}");
        for (var seed = first; seed < first + Seeds; seed++)
            Simulate(seed, stateDirectory);
    }

    private static void Simulate(int seed, string stateDirectory)
    {
        using var mirror = new SimulatedMirror(seed, stateDirectory);
        try
        {
            mirror.Run();
        }
        catch (Exception failure)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', mirror.History));
            throw new InvalidOperationException($"CHANGEDFILES_TEST_SEED={seed} repeats it: {failure.Message}", failure);
        }
    }
}
