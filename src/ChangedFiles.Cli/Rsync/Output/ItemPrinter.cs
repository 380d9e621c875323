using System.Buffers;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>
/// Decides which items are printed and logged, and prints them in the formats that were asked for.
/// A session tells every item that the generator reported, and every deletion.
/// </summary>
internal sealed class ItemPrinter
{
    private readonly TextOutput _text;
    private readonly ItemFormatContext _context;
    private readonly ReportOptions _report;
    private readonly ItemFormat? _format;
    private readonly ItemFormat? _logFormat;
    private readonly bool _logsFlags;
    private readonly ItemFormat _deleted;
    private readonly ItemFormat _logDeleted;
    private readonly ArrayBufferWriter<byte> _line = new();

    public ItemPrinter(TextOutput text, OutputOptions output, ReportOptions report, ItemFormatContext context)
    {
        _text = text;
        _report = report;
        _context = context;
        var (format, log) = (output.ItemFormat, output.LogFileFormat);
        _format = format is null ? null : new ItemFormat(format);
        _logFormat = output.LogFile is null || log.Length == 0 ? null : new ItemFormat(log);
        PrintsBeforeTransfer = format is null || !(ItemFormat.Has(format, 'b') || ItemFormat.Has(format, 'c') || ItemFormat.Has(format, 'C'));
        _logsFlags = ItemFormat.Has(log, 'i');
        _deleted = DeletedFormat(format);
        _logDeleted = DeletedFormat(log);
    }

    /// <summary>True when a transferred file is printed before its data moves: the format has nothing that is known only afterwards.</summary>
    public bool PrintsBeforeTransfer { get; }

    /// <summary>A file's data is about to be sent or received.</summary>
    public void BeforeTransfer(in ItemReport item)
    {
        if (PrintsBeforeTransfer)
            Print(item);
    }

    /// <summary>A file's data was sent or received, or would be in a dry run (which has no "before").</summary>
    public void AfterTransfer(in ItemReport item, bool dryRun = false)
    {
        if (!PrintsBeforeTransfer || dryRun)
            Print(item);
        Log(item);
    }

    /// <summary>An item without data was changed, or reported unchanged.</summary>
    public void Item(in ItemReport item)
    {
        var significant = (item.Flags & ItemFlags.OnWire & ~ItemFlags.NotSignificant) != 0;
        var named = !item.Xname.IsEmpty;
        var localChange = significant && item.Flags.HasFlag(ItemFlags.LocalChange);
        var seen = _report.Itemize != Itemize.None
            && (significant || named || _report.Itemize == Itemize.All || _report.Info[InfoFlag.Name] > 1);
        if (!seen && !localChange && !named && !(significant && item.Kind == FileKind.Directory))
            return;
        Print(item);
        if (significant || _logsFlags)
            Log(item);
    }

    /// <summary>Something was deleted, or would be in a dry run. Only its name and whether it is a directory need be known.</summary>
    public void Deleted(in ItemReport item)
    {
        var deleted = item with { Flags = ItemFlags.Deleted };
        if (_format is not null || _report.Info[InfoFlag.Del] > 0)
            _text.Print(Line(_deleted, deleted));
        _text.Log(Line(_logDeleted, deleted));
    }

    private void Print(in ItemReport item)
    {
        if (_format is not null)
            _text.Print(Line(_format, item));
    }

    private void Log(in ItemReport item)
    {
        if (_logFormat is not null)
            _text.Log(Line(_logFormat, item));
    }

    private ReadOnlySpan<byte> Line(ItemFormat format, in ItemReport item)
    {
        _line.ResetWrittenCount();
        format.Write(item, _context, _line);
        return _line.WrittenSpan;
    }

    /// <summary>A format that does not say what was done is no use for deletions.</summary>
    private static ItemFormat DeletedFormat(string? format) =>
        new(format is not null && (ItemFormat.Has(format, 'i') || ItemFormat.Has(format, 'o')) ? format : "deleting %n");
}
