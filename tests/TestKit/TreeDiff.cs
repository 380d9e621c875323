using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>What a comparison of trees leaves out.</summary>
[Flags]
public enum TreeIgnore
{
    None = 0,
    /// <summary>The top directory itself; what is in it counts.</summary>
    Root = 1,
    DirectoryTimes = 2,
    SymlinkTimes = 4,
    Times = 8 | DirectoryTimes | SymlinkTimes,
    Owners = 16,
    Modes = 32,
    /// <summary>Which names are one inode.</summary>
    HardLinks = 64,
    /// <summary>Digits after the seconds.</summary>
    Nanoseconds = 128,
}

/// <summary>The differences of two snapshots, one a line. What only one of them holds (contents, xattrs) is to be taken of both.</summary>
public sealed class TreeDiff
{
    private const int PrintedLines = 40;

    private readonly List<string> _differences = [];
    private readonly string _heading;

    private TreeDiff(string heading) => _heading = heading;

    public IReadOnlyList<string> Differences => _differences;

    public bool IsEmpty => _differences.Count == 0;

    public static TreeDiff Of(TreeSnapshot expected, TreeSnapshot actual, TreeIgnore ignore = TreeIgnore.None)
    {
        var diff = new TreeDiff($"expected {expected.Directory}, actual {actual.Directory}");
        foreach (var (path, entry) in expected.Entries)
        {
            if (!actual.Entries.TryGetValue(path, out var other))
                diff._differences.Add($"missing: {entry}");
            else if (path.Length > 0 || !ignore.HasFlag(TreeIgnore.Root))
                diff._differences.AddRange(Differing(entry, other, ignore).Select(text => $"{TreeEntry.Printable(path)}: {text}"));
        }
        var extra = actual.Entries.Values.Where(entry => !expected.Entries.ContainsKey(entry.Path));
        diff._differences.AddRange(extra.Select(entry => $"extra: {entry}"));
        return diff;
    }

    /// <summary>Fails the test with the list of differences unless both trees are the same.</summary>
    public static void AssertSame(
        string expected, string actual, TreeIgnore ignore = TreeIgnore.None, TreeDetails details = TreeDetails.Content)
    {
        var diff = Of(TreeSnapshot.Of(expected, details), TreeSnapshot.Of(actual, details), ignore);
        Assert.True(diff.IsEmpty, diff.ToString());
    }

    public override string ToString() =>
        $"{_differences.Count} differences ({_heading})\n  {string.Join("\n  ", _differences.Take(PrintedLines))}"
        + (_differences.Count > PrintedLines ? "\n  ..." : "");

    private static IEnumerable<string> Differing(TreeEntry expected, TreeEntry actual, TreeIgnore ignore)
    {
        if (expected.Type != actual.Type)
            return [$"is a {actual.Type}, not a {expected.Type}"];
        (string What, string Expected, string Actual, bool Counts)[] facts =
        [
            ("mode", expected.Mode, actual.Mode, !ignore.HasFlag(TreeIgnore.Modes)),
            ("uid", expected.Uid, actual.Uid, !ignore.HasFlag(TreeIgnore.Owners)),
            ("gid", expected.Gid, actual.Gid, !ignore.HasFlag(TreeIgnore.Owners)),
            ("size", $"{expected.Size}", $"{actual.Size}", expected.Type is 'f' or 'l'),
            ("mtime", Time(expected, ignore), Time(actual, ignore), !ignore.HasFlag(TimesOf(expected.Type))),
            ("target", expected.Target, actual.Target, true),
            ("device", expected.Device, actual.Device, true),
            ("first name of the inode", expected.LinkedWith, actual.LinkedWith, !ignore.HasFlag(TreeIgnore.HardLinks)),
            ("content", expected.Content, actual.Content, true),
            ("xattrs", expected.Xattrs, actual.Xattrs, true),
        ];
        return facts.Where(fact => fact.Counts && fact.Expected != fact.Actual)
            .Select(fact => $"{fact.What} is {TreeEntry.Printable(fact.Actual)}, not {TreeEntry.Printable(fact.Expected)}");
    }

    private static TreeIgnore TimesOf(char type) => type switch
    {
        'd' => TreeIgnore.DirectoryTimes,
        'l' => TreeIgnore.SymlinkTimes,
        _ => TreeIgnore.Times,
    };

    private static string Time(TreeEntry entry, TreeIgnore ignore) =>
        ignore.HasFlag(TreeIgnore.Nanoseconds) ? entry.Mtime.Split('.')[0] : entry.Mtime;
}
