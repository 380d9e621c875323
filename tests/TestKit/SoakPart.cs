using System.Globalization;

namespace ChangedFiles.TestKit;

/// <summary>A soak in pieces: with CHANGEDFILES_PART=2/8 only the second of eight parts of what a test goes through.</summary>
public static class SoakPart
{
    private static readonly int[] Part =
        [.. (Environment.GetEnvironmentVariable("CHANGEDFILES_PART") ?? "1/1").Split('/').Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    public static IEnumerable<T> Of<T>(IEnumerable<T> all) => all.Where((_, index) => index % Part[1] == Part[0] - 1);
}
