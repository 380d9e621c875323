using System.Globalization;
using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>The last lines of a run: <c>--stats</c>, and the two that <c>-v</c> prints.</summary>
internal static class StatsReport
{
    /// <summary>The block of <c>--stats</c>, a line each, with the empty line above it.</summary>
    public static IEnumerable<string> Block(TransferResult result, int human)
    {
        var stats = result.Stats;
        string Bytes(long value) => $"{HumanNumber.Format(value, human)} bytes";
        string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} seconds");
        yield return "";
        yield return $"Number of files: {Counts(stats.Files, human)}";
        yield return $"Number of created files: {Counts(stats.Created, human)}";
        yield return $"Number of deleted files: {Counts(stats.Deleted, human)}";
        yield return $"Number of regular files transferred: {HumanNumber.Format(stats.FilesTransferred, human)}";
        yield return $"Total file size: {Bytes(stats.TotalSize)}";
        yield return $"Total transferred file size: {Bytes(stats.TransferredSize)}";
        yield return $"Literal data: {Bytes(stats.LiteralData)}";
        yield return $"Matched data: {Bytes(stats.MatchedData)}";
        yield return $"File list size: {HumanNumber.Format(stats.FileListSize, human)}";
        yield return $"File list generation time: {Seconds(stats.FileListGeneration)}";
        yield return $"File list transfer time: {Seconds(stats.FileListTransfer)}";
        yield return $"Total bytes sent: {HumanNumber.Format(result.BytesSent, human)}";
        yield return $"Total bytes received: {HumanNumber.Format(result.BytesReceived, human)}";
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
    /// <param name="seconds">The run's whole seconds.</param>
    public static IEnumerable<string> Summary(TransferResult result, long seconds, TransferOptions options, int human)
    {
        var (sent, received, size) = (result.BytesSent, result.BytesReceived, result.Stats.TotalSize);
        var rate = HumanNumber.Format((sent + received) / (0.5 + seconds), human, 2);
        var speedup = HumanNumber.Format(sent + received == 0 ? 0 : (double)size / (sent + received), human, 2);
        yield return "";
        yield return $"sent {HumanNumber.Format(sent, human)} bytes  received {HumanNumber.Format(received, human)} bytes  {rate} bytes/sec";
        yield return $"total size is {HumanNumber.Format(size, human)}  speedup is {speedup}"
            + (options.Writing.OnlyWriteBatch ? " (BATCH ONLY)" : options.DryRun ? " (DRY RUN)" : "");
    }

    /// <summary>The line that ends a log file when the two are not printed.</summary>
    public static string LogLine(TransferResult result) =>
        $"sent {result.BytesSent} bytes  received {result.BytesReceived} bytes  total size {result.Stats.TotalSize}";

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
