using System.Buffers;
using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>A line of <c>--list-only</c>: mode, size, time, name.</summary>
internal static class ListingLine
{
    private const int WideSize = 14;
    private const int PlainSize = 11;
    private const int TimeLength = 19;

    /// <summary>The line of an entry, in local time.</summary>
    public static byte[] Of(FileEntry entry, bool withAtime, int human)
    {
        var item = new ItemReport
        {
            Name = entry.Path.Memory,
            Mode = entry.Mode,
            Length = entry.Length,
            Mtime = entry.Mtime,
            LinkTarget = entry.LinkTarget,
        };
        var line = new ArrayBufferWriter<byte>();
        Write(item, withAtime ? new FileTime(entry.Atime, 0) : null, human, TimeZoneInfo.Local, line);
        return line.WrittenSpan.ToArray();
    }

    /// <param name="item">The entry.</param>
    /// <param name="atime">Its access time when those are preserved (<c>-U</c>); null leaves the column out.</param>
    /// <param name="human">The level of <c>-h</c>.</param>
    /// <param name="zone">The time zone of the times.</param>
    /// <param name="output">Gets the line, without an end of line.</param>
    public static void Write(in ItemReport item, FileTime? atime, int human, TimeZoneInfo zone, IBufferWriter<byte> output)
    {
        var special = item.Kind is FileKind.BlockDevice or FileKind.CharacterDevice or FileKind.Fifo or FileKind.Socket;
        var size = HumanNumber.Format(special ? 0 : item.Length, human).PadLeft(human > 0 ? WideSize : PlainSize);
        var line = new StringBuilder(80).Append(PermissionText.WithType(item.Mode)).Append(' ').Append(size)
            .Append(' ').Append(Local(item.Mtime, zone)).Append(' ');
        if (atime is { } accessed)
            line.Append(item.Kind == FileKind.Directory ? new string(' ', TimeLength) : Local(accessed, zone)).Append(' ');
        output.Write(Encoding.ASCII.GetBytes(line.ToString()));
        output.Write(item.Name.Span);
        if (item.Kind == FileKind.Symlink && !item.LinkTarget.IsEmpty)
        {
            output.Write(" -> "u8);
            output.Write(item.LinkTarget.Span);
        }
    }

    private static string Local(FileTime time, TimeZoneInfo zone) =>
        TimeText.Format(TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddSeconds(time.Seconds), zone).DateTime);
}
