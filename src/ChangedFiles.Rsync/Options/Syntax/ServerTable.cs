namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>The options that only a server understands, or understands in its own way.</summary>
internal static class ServerTable
{
    public static OptionTable<ServerDraft> Create()
    {
        var table = new OptionTable<ServerDraft>();
        table.AddRange(TransferTable.Create().All.Select(option => option.For<ServerDraft>()));
        table.Flag("server", '\0', "", draft => draft.Server = true);
        table.Flag("sender", '\0', "", draft => draft.Sender = true);
        table.Text("rsh", 'e', "", (draft, text) => draft.ClientInfo = text);
        table.Text("log-format", '\0', "", (draft, text) => draft.LogFormat = text);
        table.Text("out-format", '\0', "", (draft, text) => draft.LogFormat = text);
        table.Text("files-from", '\0', "", (draft, text) => draft.FilesFrom = new FilesFrom(text));
        table.Text("iconv", '\0', "", (draft, text) =>
        {
            Iconv(text, "--iconv");
            draft.IconvGiven = true;
        });
        table.Flag("no-iconv", '\0', "", draft => draft.IconvGiven = true);
        table.Text("only-write-batch", '\0', "", (draft, _) => draft.Writing = draft.Writing with { OnlyWriteBatch = true });
        return table;
    }

    /// <summary>Names are bytes here; a conversion of character sets is refused by name.</summary>
    internal static void Iconv(string text, string given)
    {
        if (text is not ("-" or ""))
            throw Usage.Unsupported($"This rsync does not support {given}");
    }
}
