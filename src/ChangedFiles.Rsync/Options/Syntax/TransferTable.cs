namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>Every spelling of the options that client and server share, grouped as the help page shows them.</summary>
internal static partial class TransferTable
{
    /// <summary>A new table with all of them.</summary>
    public static OptionTable<OptionDraft> Create()
    {
        var table = new OptionTable<OptionDraft>();
        AddSelection(table);
        AddPreserve(table);
        AddComparison(table);
        AddDeletion(table);
        AddWriting(table);
        AddCompression(table);
        AddWire(table);
        AddReport(table);
        return table;
    }
}
