using System.Collections.Concurrent;
using System.Globalization;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// Thousands of histories with faults, always the same ones but for a soak. CHANGEDFILES_TEST_SEED=N repeats one exactly; with CHANGEDFILES_TEST_SEEDS=N
/// as many follow it.
/// </summary>
public sealed class SimulationTests
{
    private const int ShownSeeds = 20;

    private static int Seeds => Number("CHANGEDFILES_TEST_SEEDS") ?? (Privileges.IsSoak ? 100_000 : 2_000);

    [Fact]
    public void Whatever_happens_both_sides_are_equal_in_the_end()
    {
        if (Number("CHANGEDFILES_TEST_SEED") is { } given)
            Simulate(Enumerable.Range(given, Number("CHANGEDFILES_TEST_SEEDS") ?? 1));
        else
            Simulate(Enumerable.Range(Privileges.IsSoak ? Random.Shared.Next(int.MaxValue - Seeds) : 0, Seeds));
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;

    private static void Simulate(IEnumerable<int> seeds)
    {
        var failed = new ConcurrentDictionary<int, (Exception Failure, string History)>();
        Parallel.ForEach(seeds, () => new SimulatedStates(), (seed, _, states) =>
        {
            using var mirror = new SimulatedMirror(seed, states.Directory);
            try
            {
                mirror.Run();
            }
            catch (Exception failure)
            {
                failed[seed] = (failure, string.Join('\n', mirror.History));
            }
            return states;
        }, states => states.Dispose());
        if (failed.IsEmpty)
            return;
        var (first, (reason, history)) = failed.MinBy(failure => failure.Value.History.Length);
        TestContext.Current.TestOutputHelper?.WriteLine(history);
        throw new InvalidOperationException(
            $"CHANGEDFILES_TEST_SEED={first} repeats it: {reason.Message} ({failed.Count} failed: {string.Join(' ', failed.Keys.Take(ShownSeeds))})", reason);
    }

    /// <summary>Real files, but in memory: they are written thousands of times, each time down to the disk.</summary>
    private sealed class SimulatedStates : IDisposable
    {
        public string Directory { get; } = System.IO.Directory.CreateDirectory($"/dev/shm/changedfiles-test-{Guid.NewGuid():N}").FullName;

        public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
