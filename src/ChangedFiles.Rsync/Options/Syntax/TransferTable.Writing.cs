namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private static void AddDeletion(OptionTable<OptionDraft> table)
    {
        table.Flag("delete", '\0', "delete what the source does not have", draft => draft.Delete = true);
        table.Flag("delete-before", '\0', "the same, before the transfer", draft => draft.DeleteBefore = true);
        table.Flag("delete-during", '\0', "the same, directory by directory (also --del)", draft => draft.DeleteDuring = DeleteMode.During);
        table.Alias("del", "delete-during");
        table.Flag("delete-delay", '\0', "find during, delete after the transfer", draft => draft.DeleteDuring = DeleteMode.Delay);
        table.Flag("delete-after", '\0', "delete after the transfer", draft => draft.DeleteAfter = true);
        table.Flag("delete-excluded", '\0', "also delete what is excluded", draft => Remove(draft, d => d with { Excluded = true }));
        table.Toggle("force", '\0', "replace directories that are not empty", (draft, on) => Remove(draft, d => d with { Force = on }));
        table.Toggle("ignore-errors", '\0', "delete even after I/O errors", (draft, on) => Remove(draft, d => d with { IgnoreErrors = on }));
        table.Number("max-delete", '\0', "NUMBER=delete no more than this", (draft, count) =>
            Remove(draft, d => d with { MaxDelete = Math.Max(0, count) }));
    }

    private static void AddWriting(OptionTable<OptionDraft> table)
    {
        table.Toggle("inplace", '\0', "update files in place", (draft, on) => Write(draft, w => w with { Inplace = on }));
        table.Flag("append", '\0', "add to shorter files", AddAppend);
        table.Flag("append-verify", '\0', "the same, and check what was there", draft =>
            Write(draft, w => w with { Append = AppendMode.Verify }));
        table.Flag("no-append", '\0', "", draft => Write(draft, w => w with { Append = AppendMode.None }));
        table.Toggle("partial", '\0', "keep what arrived of interrupted files", (draft, on) => Write(draft, w => w with { Partial = on }));
        table.Text("partial-dir", '\0', "DIR=keep it in DIR", (draft, dir) => Write(draft, w => w with { PartialDir = dir }));
        table.Toggle("delay-updates", '\0', "put all files in place at the end", (draft, on) =>
            Write(draft, w => w with { DelayUpdates = on }));
        table.Flag("backup", 'b', "keep what is replaced or deleted", draft => Write(draft, w => w with { Backup = true }));
        table.Flag("no-backup", '\0', "", draft => Write(draft, w => w with { Backup = false }));
        table.Text("backup-dir", '\0', "DIR=keep it below DIR", (draft, dir) => Write(draft, w => w with { BackupDir = dir }));
        table.Text("suffix", '\0', "TEXT=the ending of backups (~ without --backup-dir)", (draft, text) =>
            Write(draft, w => w with { Suffix = text }));
        table.Text("temp-dir", 'T', "DIR=make temporary files in DIR", (draft, dir) => Write(draft, w => w with { TempDir = dir }));
        table.Toggle("sparse", 'S', "make holes of runs of zeros", (draft, on) => Write(draft, w => w with { Sparse = on }));
        table.Flag("preallocate", '\0', "allocate files before they are written", draft => Write(draft, w => w with { Preallocate = true }));
        table.Flag("fsync", '\0', "fsync every written file", draft => Write(draft, w => w with { Fsync = true }));
        table.Toggle("write-devices", '\0', "write into devices as into files (implies --inplace)", (draft, on) =>
            Write(draft, w => w with { WriteDevices = on }));
        table.Flag("copy-devices", '\0', "read devices as files", draft => Write(draft, w => w with { CopyDevices = true }));
        table.Flag("remove-source-files", '\0', "the sender removes files that have arrived", draft =>
            Write(draft, w => w with { RemoveSourceFiles = true, RemoveSentFiles = false }));
        table.Flag("remove-sent-files", '\0', "", draft => Write(draft, w => w with { RemoveSourceFiles = true, RemoveSentFiles = true }));
        table.Toggle("mkpath", '\0', "make the missing parents of the destination", (draft, on) => Write(draft, w => w with { Mkpath = on }));
        table.Flag("dry-run", 'n', "change nothing, only say what would be done", draft => draft.DryRun = true);
        table.Flag("list-only", '\0', "list the files instead of copying them", draft => draft.ListOnly = true);
    }

    /// <summary>On a server the option counts: given twice it is append-verify (docs/protocol.md 1.4).</summary>
    private static void AddAppend(OptionDraft draft) =>
        Write(draft, w => w with
        {
            Append = draft.IsServer && w.Append != AppendMode.None ? AppendMode.Verify : AppendMode.Append,
        });

    private static void Remove(OptionDraft draft, Func<DeletionOptions, DeletionOptions> change) =>
        draft.Deletion = change(draft.Deletion);

    private static void Write(OptionDraft draft, Func<WritingOptions, WritingOptions> change) => draft.Writing = change(draft.Writing);
}
