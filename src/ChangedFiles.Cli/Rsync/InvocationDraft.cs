using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>A whole command line while it is read: what client and server share, and what only a program of its own has.</summary>
internal sealed class InvocationDraft : ServerDraft
{
    public ConnectionOptions Connection { get; set; } = new();
    public OutputOptions Output { get; set; } = new();
    public List<FilterArgument> Filters { get; } = [];
    public int PerDirectoryRules { get; set; }
    public int ItemizeCount { get; set; }
    public int VersionCount { get; set; }
    public int Port { get; set; }
    public bool Daemon { get; set; }
    public string? WriteBatch { get; set; }
    public string? ReadBatch { get; set; }

    /// <summary>A text that was asked for; the rest of the command line does not matter then.</summary>
    public string? Text { get; private set; }

    public void Print(string text)
    {
        Text = text;
        Done = true;
    }

    /// <summary>The report and output options of a client.</summary>
    public (ReportOptions Report, OutputOptions Output) FinishOutput()
    {
        var report = FinishReport();
        var format = LogFormat
            ?? (ItemizeCount > 0 ? OutputOptions.ItemizedFormat : report.Info[InfoFlag.Name] > 0 ? OutputOptions.NameFormat : null);
        var itemizes = format is not null && ItemFormat.Has(format, 'i');
        report = report with
        {
            PrintsItems = format is not null,
            PrintsOperation = format is not null && ItemFormat.Has(format, 'o'),
            Itemize = !itemizes ? Itemize.None : ItemizeCount > 1 ? Itemize.All : Itemize.Changes,
        };
        return (report, Output with { ItemFormat = format });
    }

    /// <summary>The filter options in order, with those that other options stand for. Call after <see cref="OptionDraft.Finish"/>.</summary>
    public IReadOnlyList<FilterArgument> FinishFilters()
    {
        if (OldDirs)
            AddFilter(FilterOption.Filter, "- /*/*");
        if (!IsServer && Writing is { Backup: true, BackupDir: null } && Deletion is { Mode: not DeleteMode.None, Excluded: false })
            AddFilter(FilterOption.Filter, "P *" + Writing.BackupSuffix);
        return Filters;
    }

    public void AddFilter(FilterOption option, string text) => Filters.Add(new FilterArgument(option, text, Selection.From0));
}
