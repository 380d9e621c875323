using System.Text.RegularExpressions;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Engine.Destinations;

/// <summary>
/// rsync tells failures of single files in words only. Nearly all of its texts quote the path, so the failed names can be tried again
/// alone; where none is found, the whole batch is tried again, which is only slower.
/// </summary>
internal static partial class FailureTexts
{
    /// <summary>Adds a failure for each text that names an item of the batch; returns the texts that do not.</summary>
    public static IReadOnlyList<string> Assign(IReadOnlyList<string> texts, PlannedBatch batch, List<FailedPath> failures)
    {
        if (texts.Count == 0)
            return [];
        var items = batch.Items.ToLookup(item => item.Path.ToString(), item => item.Path);
        var unassigned = new List<string>();
        foreach (var text in texts)
        {
            if (text.StartsWith("rsync error:", StringComparison.Ordinal))
                continue;
            var quoted = Quoted().Matches(text).Select(match => match.Groups[1].Value);
            var found = quoted.SelectMany(Candidates).Where(items.Contains).SelectMany(name => items[name]).Take(1).ToList();
            if (found.Count == 0)
                unassigned.Add(text);
            foreach (var path in found)
                failures.Add(new FailedPath(path, text));
        }
        return unassigned;
    }

    /// <summary>
    /// The path as it stands there may begin with the module's or the destination's directory, and may be that of a temporary file
    /// <c>.NAME.XXXXXX</c>.
    /// </summary>
    private static IEnumerable<string> Candidates(string quoted)
    {
        for (var path = quoted.TrimStart('/'); path.Length > 0; path = path.IndexOf('/') is var slash and >= 0 ? path[(slash + 1)..] : "")
        {
            yield return path;
            if (Temporary().Match(path) is { Success: true } temporary)
                yield return temporary.Groups["directory"].Value + temporary.Groups["name"].Value;
        }
    }

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(?<directory>(?:.*/)?)\.(?<name>[^/]+)\.[A-Za-z0-9]{6}$")]
    private static partial Regex Temporary();
}
