using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Two versions of a small tree, between which a session has something of everything to do.</summary>
internal static class HostileTree
{
    private static readonly DateTime Before = new(2010, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly DateTime Time = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    public static void FillOld(string root)
    {
        Put(root, "a", "old a");
        Put(root, "big", Big(changed: false));
        Put(root, "same", "the same", Time);
        Put(root, "gone", "gone");
        Put(root, "dir/b", "old b");
        File.CreateSymbolicLink($"{root}/link", "a");
        SetTimes(root, Before);
    }

    public static void FillNew(string root)
    {
        Put(root, "a", "new and longer a");
        Put(root, "big", Big(changed: true));
        Put(root, "same", "the same", Time);
        Put(root, "dir/b", "new b, longer");
        Put(root, "dir/deep/c", "c");
        Put(root, "dir2/d", "d");
        Command.Run("ln", $"{root}/dir2/d", $"{root}/dir2/d2").Checked();
        File.CreateSymbolicLink($"{root}/link", "same");
        Command.Run("mkfifo", $"{root}/fifo").Checked();
        Command.Run("setfattr", "-n", "user.note", "-v", new string('x', 60), $"{root}/a");
        SetTimes(root, Time);
    }

    // All that is reported must be the same in each session.
    private static void SetTimes(string root, DateTime time)
    {
        foreach (var directory in (string[])["dir/deep", "dir2", "dir", ""])
        {
            if (Directory.Exists($"{root}/{directory}"))
                Directory.SetLastWriteTimeUtc($"{root}/{directory}", time);
        }
    }

    private static string Big(bool changed)
    {
        var random = new Random(7);
        var text = new char[6000];
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)('a' + random.Next(26));
        if (changed)
            "a change in the middle".CopyTo(text.AsSpan(3000));
        return new string(text) + (changed ? "and an end" : "");
    }

    private static void Put(string root, string name, string content, DateTime? time = null)
    {
        var path = $"{root}/{name}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        if (time is { } then)
            File.SetLastWriteTimeUtc(path, then);
    }
}
