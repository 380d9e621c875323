namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>The words of <c>--server</c> while they are read.</summary>
internal class ServerDraft : OptionDraft
{
    public bool Server { get; set; }
    public bool Sender { get; set; }

    /// <summary>The argument of <c>e</c>: the version field and the capabilities.</summary>
    public string ClientInfo { get; set; } = "";

    /// <summary><c>--log-format</c>: which items the client wants to hear of.</summary>
    public string? LogFormat { get; set; }

    public FilesFrom? FilesFrom
    {
        get => Selection.FilesFrom;
        set => Selection = Selection with { FilesFrom = value };
    }

    public ServerRequest FinishRequest(List<string> paths)
    {
        var dot = ClientInfo.IndexOf('.', StringComparison.Ordinal);
        var letters = ClientInfo.AsSpan(dot + 1).TrimStart("0123456789").ToString();
        // Without the letter the client takes no list in pieces, whatever its reason.
        if (!letters.Contains('i'))
            Wire = Wire with { IncRecursive = false };
        return new ServerRequest
        {
            Options = Finish(),
            Report = WithItems(FinishReport()),
            Sender = Sender,
            Capabilities = dot < 0 ? "" : letters,
            PreRelease = dot < 1 ? "" : ClientInfo[..^letters.Length],
            SecludedArgsFollow = SecludedArgs == true,
            Paths = paths.Count > 0 && paths[0] == "." ? paths[1..] : paths,
        };
    }

    private ReportOptions WithItems(ReportOptions report)
    {
        if (LogFormat is not { } format)
            return report;
        var items = format.Contains("%i", StringComparison.Ordinal);
        return report with
        {
            PrintsItems = true,
            PrintsOperation = format.Contains("%o", StringComparison.Ordinal),
            Itemize = !items ? Itemize.None : format.Contains("%I", StringComparison.Ordinal) ? Itemize.All : Itemize.Changes,
        };
    }
}
