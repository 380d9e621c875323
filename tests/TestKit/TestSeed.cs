using System.Globalization;
using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>Seeds of random tests: printed, and taken from CHANGEDFILES_TEST_SEED to repeat a failure.</summary>
public static class TestSeed
{
    public static int Next()
    {
        var given = Environment.GetEnvironmentVariable("CHANGEDFILES_TEST_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: CHANGEDFILES_TEST_SEED={seed} repeats it");
        return seed;
    }
}
