using System.Text.RegularExpressions;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Engine.Destinations.Remote;

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
            var (quoted, name) = Quoted().Matches(text).Select(match => match.Groups[1].Value)
                .SelectMany(quoted => Candidates(quoted).Select(name => (quoted, name))).FirstOrDefault(found => items.Contains(found.name));
            if (name is null)
                unassigned.Add(text);
            else
                failures.Add(new FailedPath(items[name].First(), quoted.EndsWith(name, StringComparison.Ordinal) ? text : text.Replace(quoted, Final(quoted))));
        }
        return unassigned;
    }

    /// <summary>A temporary name is another one at each attempt, and nobody's business.</summary>
    private static string Final(string temporary) => Temporary().Replace(temporary, "${directory}${name}");

    /// <summary>
    /// The path as it stands there may begin with the module's or the destination's directory, and may be that of a temporary file
    /// <c>.NAME.XXXXXX</c>, or of a symbolic link or device <c>.NAME.12345</c>.
    /// </summary>
    private static IEnumerable<string> Candidates(string quoted)
    {
        for (var path = quoted.TrimStart('/'); path.Length > 0; path = path.IndexOf('/') is var slash and >= 0 ? path[(slash + 1)..] : "")
        {
            yield return path;
            if (Temporary().IsMatch(path))
                yield return Final(path);
        }
    }

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(?<directory>(?:.*/)?)\.(?<name>[^/]+)\.([A-Za-z0-9]{6}|[0-9]{1,6})$")]
    private static partial Regex Temporary();
}
