using System.Globalization;
using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>The numbers of a run, for its last lines. Sizes in bytes.</summary>
internal sealed record RunNumbers
{
    public KindCounts Files { get; init; }
    public KindCounts Created { get; init; }
    public KindCounts Deleted { get; init; }
    public long Transferred { get; init; }
    public long TotalSize { get; init; }
    public long TransferredSize { get; init; }
    public long LiteralData { get; init; }
    public long MatchedData { get; init; }
    public long FileListSize { get; init; }
    public TimeSpan FileListGeneration { get; init; }
    public TimeSpan FileListTransfer { get; init; }
    public long Sent { get; init; }
    public long Received { get; init; }

    /// <summary>The run's whole seconds.</summary>
    public long Seconds { get; init; }
    public bool DryRun { get; init; }
    public bool OnlyWriteBatch { get; init; }
}

/// <summary>The last lines of a run: <c>--stats</c>, and the two that <c>-v</c> prints.</summary>
internal static class StatsReport
{
    /// <summary>The block of <c>--stats</c>, a line each, with the empty line above it.</summary>
    public static IEnumerable<string> Block(RunNumbers run, int human)
    {
        string Bytes(long value) => $"{HumanNumber.Format(value, human)} bytes";
        string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} seconds");
        yield return "";
        yield return $"Number of files: {Counts(run.Files, human)}";
        yield return $"Number of created files: {Counts(run.Created, human)}";
        yield return $"Number of deleted files: {Counts(run.Deleted, human)}";
        yield return $"Number of regular files transferred: {HumanNumber.Format(run.Transferred, human)}";
        yield return $"Total file size: {Bytes(run.TotalSize)}";
        yield return $"Total transferred file size: {Bytes(run.TransferredSize)}";
        yield return $"Literal data: {Bytes(run.LiteralData)}";
        yield return $"Matched data: {Bytes(run.MatchedData)}";
        yield return $"File list size: {HumanNumber.Format(run.FileListSize, human)}";
        yield return $"File list generation time: {Seconds(run.FileListGeneration)}";
        yield return $"File list transfer time: {Seconds(run.FileListTransfer)}";
        yield return $"Total bytes sent: {HumanNumber.Format(run.Sent, human)}";
        yield return $"Total bytes received: {HumanNumber.Format(run.Received, human)}";
    }

    /// <summary>The block of <c>--info=stats3</c> for a side of the session. All sides of this program that run here share one heap.</summary>
    public static IEnumerable<string> Heap(string side)
    {
        var committed = GC.GetGCMemoryInfo().TotalCommittedBytes;
        var used = GC.GetTotalMemory(forceFullCollection: false);
        yield return "";
        yield return $"rsync[{Environment.ProcessId}] ({side}) heap statistics:";
        yield return $"  allmem:    {committed,10}   (bytes from the system)";
        yield return $"  uordblks:  {used,10}   (bytes used)";
        yield return $"  fordblks:  {Math.Max(0, committed - used),10}   (bytes free)";
    }

    /// <summary>The two lines at the end, with the empty line above them.</summary>
    public static IEnumerable<string> Summary(RunNumbers run, int human)
    {
        var moved = run.Sent + run.Received;
        var rate = HumanNumber.Format(moved / (0.5 + run.Seconds), human, 2);
        var speedup = HumanNumber.Format(moved == 0 ? 0 : (double)run.TotalSize / moved, human, 2);
        yield return "";
        yield return $"sent {HumanNumber.Format(run.Sent, human)} bytes  received {HumanNumber.Format(run.Received, human)} bytes  {rate} bytes/sec";
        yield return $"total size is {HumanNumber.Format(run.TotalSize, human)}  speedup is {speedup}"
            + (run.OnlyWriteBatch ? " (BATCH ONLY)" : run.DryRun ? " (DRY RUN)" : "");
    }

    /// <summary>The line that ends a log file when the two are not printed.</summary>
    public static string LogLine(RunNumbers run) => $"sent {run.Sent} bytes  received {run.Received} bytes  total size {run.TotalSize}";

    private static string Counts(KindCounts counts, int human)
    {
        var text = new StringBuilder(HumanNumber.Format(counts.Total, human));
        var separator = " (";
        Span<(string Name, long Count)> kinds =
        [
            ("reg", counts.Regular), ("dir", counts.Directories), ("link", counts.Links), ("dev", counts.Devices), ("special", counts.Specials),
        ];
        foreach (var (name, count) in kinds)
        {
            if (count == 0)
                continue;
            text.Append(separator).Append(name).Append(": ").Append(HumanNumber.Format(count, human));
            separator = ", ";
        }
        return text.Append(separator == ", " ? ")" : "").ToString();
    }
}
