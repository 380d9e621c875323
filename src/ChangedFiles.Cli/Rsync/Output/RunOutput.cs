using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>Everything a client prints in one run, made from its command line. Calls come from one thread at a time.</summary>
internal sealed class RunOutput : IDisposable
{
    private readonly RsyncInvocation _invocation;
    private readonly TimeProvider _time;
    private readonly long _begin;
    private readonly ProgressMeter? _progress;
    private bool _listIsOpen;
    private bool _makesList;

    /// <param name="invocation">The command line.</param>
    /// <param name="context">Whose session it is, for item formats.</param>
    /// <param name="text">The streams, see <see cref="OpenText"/>.</param>
    /// <param name="time">The clock.</param>
    public RunOutput(RsyncInvocation invocation, ItemFormatContext context, TextOutput text, TimeProvider time)
    {
        _invocation = invocation;
        _time = time;
        _begin = time.GetTimestamp();
        Text = text;
        Items = new ItemPrinter(text, invocation.Output, invocation.Report, context);
        if (Level(InfoFlag.Progress) is > 0 and var level)
            _progress = new ProgressMeter(level > 1, invocation.Output.HumanReadable, time);
    }

    /// <summary>True when progress is shown at all.</summary>
    public bool ShowsProgress => _progress is not null;

    /// <summary>Lines of information and errors.</summary>
    public TextOutput Text { get; }

    /// <summary>Lines of items.</summary>
    public ItemPrinter Items { get; }

    /// <summary>Standard output and error, and the log file if there is one.</summary>
    public static TextOutput OpenText(
        ProgramStreams streams, RsyncInvocation invocation, Func<string, string?> environment, TimeProvider time)
    {
        var (output, report) = (invocation.Output, invocation.Report);
        var high = output.EightBit ? NameEscape.HighBytes.Keep : NameEscape.OfLocale(environment);
        var info = report.Stderr == StderrMode.All ? streams.Error : streams.Output;
        var log = OpenLog(output.LogFile, invocation.Options.Selection.Paths, out var failure);
        var text = new TextOutput(info, streams.Error, log, high, report.Quiet, flushLines: output.OutBuf != 'B', time);
        if (failure is not null)
            text.Error($"{RefusalIn(failure)}rsync: [client] failed to open log-file {output.LogFile}: {failure}\nIgnoring \"log file\" setting.");
        return text;
    }

    /// <summary>What the lines of items depend on in a session.</summary>
    public static ItemFormatContext ContextOf(Session session, TransferOptions options, bool isLocal) => new()
    {
        Itemize = new ItemizeContext(isLocal, options.Preserve.Times, session.Terms.Has(CompatFlags.SymlinkTimes)),
        PreserveOwner = options.Preserve.Owner,
        PreserveGroup = options.Preserve.Group,
        ChecksumLength = session.Terms.ListChecksum.DigestLength(),
        ChecksumIsNumber = session.Terms.ListChecksum >= ChecksumKind.XxHash64,
    };

    /// <summary>The first line: what kind of list is coming (docs/protocol.md 6.8).</summary>
    public void Begin(bool sending, bool incremental)
    {
        Text.Log(sending ? "building file list"u8 : "receiving file list"u8);
        if (Level(InfoFlag.Flist) == 0 || (!incremental && !_invocation.Options.TransfersDirs))
            return;
        if (incremental)
            Text.Print(ArgumentText.Encode(sending ? Messages.SendingIncremental : Messages.ReceivingIncremental));
        else
            Text.Progress(sending ? Messages.Building : Messages.Receiving);
        (_listIsOpen, _makesList) = (!incremental, sending);
    }

    /// <summary>The list has come, or has been made.</summary>
    public void ListEnds(long files)
    {
        if (_listIsOpen && Level(InfoFlag.Flist) > 1)
            Text.Progress($"{(_makesList ? NoneYet : "")}{Messages.ToConsider(files)}\n");
        else if (_listIsOpen)
            Text.Progress(Messages.Done + "\n");
        _listIsOpen = false;
    }

    private string NoneYet => (Text.IsOpen ? "\n" : "") + " 0 files...\r";

    /// <summary>Data of a file has moved. Offset and size are the file's; with progress2 those of the run.</summary>
    public void Progress(long offset, long size)
    {
        if (_progress?.Update(offset, size) is { } line)
            Text.Progress(line);
    }

    /// <summary>A file is done.</summary>
    public void ProgressEnd(long offset, long size, in ProgressCounts counts)
    {
        if (_progress is not null)
            Text.Progress(_progress.End(offset, size, counts));
    }

    /// <summary>The last lines of a run that came to its end.</summary>
    public void End(TransferResult result)
    {
        var human = _invocation.Output.HumanReadable;
        if (Level(InfoFlag.Stats) > 2)
            Print(Sides.SelectMany(StatsReport.Heap));
        if (Level(InfoFlag.Stats) > 1)
            Print(StatsReport.Block(result, human));
        if (Level(InfoFlag.Stats) > 0)
            Print(StatsReport.Summary(result, (long)_time.GetElapsedTime(_begin).TotalSeconds, _invocation.Options, human));
        else
            Text.Log(ArgumentText.Encode(StatsReport.LogLine(result)));
    }

    public void Dispose() => Text.Flush();

    private void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            // The space between is for the eye, not for the log.
            if (line.Length == 0)
                Text.Print([]);
            else
                Text.Info(line);
        }
    }

    /// <summary>What would be processes of stock's.</summary>
    private string[] Sides => _invocation switch
    {
        { ReadBatch: not null } or { Remote: not null, Push: false } => ["receiver", "generator"],
        { Remote: not null } => ["sender"],
        _ => ["sender", "server receiver", "server generator"],
    };

    private int Level(InfoFlag flag) => _invocation.Report.Info[flag];

    /// <summary>The hint that goes before a reason which may be a refused link; empty for others.</summary>
    public static string RefusalIn(string reason) =>
        reason.Contains(Errno.ELOOP.Describe(), StringComparison.Ordinal) ? OperatorPaths.Refusal + "\n" : "";

    /// <summary>As stock has it, a log that cannot be written stops no transfer.</summary>
    private static FileStream? OpenLog(string? path, OperatorPaths paths, out string? failure)
    {
        failure = null;
        try
        {
            return string.IsNullOrEmpty(path) ? null : OperatorFiles.OpenToAppend(paths, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = ErrnoText.Reason(e);
            return null;
        }
    }
}
