using System.Globalization;

namespace ChangedFiles.TestKit;

/// <summary>What /proc says of the processes that run now.</summary>
public static class ProcessTable
{
    private readonly record struct Row(int Pid, char State, int Parent, int Session);

    /// <summary>True while it runs; false when it ended, also when nobody has asked for its exit code yet.</summary>
    public static bool IsRunning(int pid) => Read(pid) is { State: not 'Z' and not 'X' };

    /// <summary>True when a signal has stopped it: it may still have been on its way out of a system call.</summary>
    public static bool IsStopped(int pid) => Read(pid) is { State: 'T' };

    /// <summary>The process, all that descend from it, and all in its session.</summary>
    public static IReadOnlyList<int> Family(int pid)
    {
        var rows = Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path))
            .Where(name => char.IsAsciiDigit(name[0])).Select(name => Read(Number(name))).OfType<Row>().ToList();
        var family = new HashSet<int> { pid };
        int before;
        do
        {
            before = family.Count;
            family.UnionWith(rows.Where(row => row.Session == pid || family.Contains(row.Parent)).Select(row => row.Pid).ToList());
        }
        while (family.Count > before);
        return [.. family];
    }

    // "pid (name) state ppid pgrp session ...", proc(5); the name may hold anything.
    private static Row? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new Row(pid, fields[0][0], Number(fields[1]), Number(fields[3]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
