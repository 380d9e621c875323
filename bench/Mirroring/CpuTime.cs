using System.Globalization;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>Processor time as the kernel counts it, in ticks of 10 ms.</summary>
internal static class CpuTime
{
    /// <summary>Of all processes that this one started and waited for, and theirs (proc(5), cutime and cstime).</summary>
    public static TimeSpan OfChildren(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // The name, in brackets, may hold blanks; what follows it begins with the third field.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[16 - 3], CultureInfo.InvariantCulture) + long.Parse(fields[17 - 3], CultureInfo.InvariantCulture)));
    }
}
