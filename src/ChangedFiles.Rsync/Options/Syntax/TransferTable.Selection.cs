namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private static void AddSelection(OptionTable<OptionDraft> table)
    {
        table.Flag("archive", 'a', "archive mode, the same as -rlptgoD", draft =>
        {
            if (!draft.Selection.Recurse)
                Recurse(draft, fromArchive: true);
            draft.Preserve = draft.Preserve with
            {
                Links = true,
                Perms = true,
                Times = true,
                Group = true,
                Owner = true,
                Devices = true,
                Specials = true,
            };
        });
        table.Toggle("recursive", 'r', "descend into directories", (draft, on) =>
        {
            draft.Selection = draft.Selection with { Recurse = on };
            draft.RecursionOfArchive = false;
        });
        table.Toggle("dirs", 'd', "send directories without descending", (draft, on) =>
        {
            Select(draft, s => s with { Dirs = on });
            draft.OldDirs = false;
        });
        table.Flag("old-dirs", '\0', "the same for an old peer", draft => draft.OldDirs = true);
        table.Alias("old-d", "old-dirs");
        table.Toggle("relative", 'R', "keep the paths of source names", (draft, on) => draft.Relative = on);
        table.Toggle("implied-dirs", '\0', "", (draft, on) => Select(draft, s => s with { ImpliedDirs = on }));
        table.Alias("i-d", "implied-dirs");
        table.Alias("no-i-d", "no-implied-dirs");
        table.Toggle("one-file-system", 'x', "stay on each source's file system", (draft, on) =>
            Select(draft, s => s with { OneFileSystem = on ? Math.Min(2, s.OneFileSystem + 1) : 0 }));
        table.Toggle("prune-empty-dirs", 'm', "leave out directories that would be empty", (draft, on) =>
            Select(draft, s => s with { PruneEmptyDirs = on }));
        table.Flag("cvs-exclude", 'C', "ignore what CVS ignores", draft => Select(draft, s => s with { CvsExclude = true }));
        table.Flag("from0", '0', "names in list files end in NUL", draft => Select(draft, s => s with { From0 = true }));
        table.Flag("no-from0", '\0', "", draft => Select(draft, s => s with { From0 = false }));
        table.Flag("update", 'u', "skip files that are newer at the destination", draft => Select(draft, s => s with { Update = true }));
        table.Flag("existing", '\0', "make nothing new", draft => Select(draft, s => s with { Existing = true }));
        table.Alias("ignore-non-existing", "existing");
        table.Flag("ignore-existing", '\0', "leave alone what is there", draft => Select(draft, s => s with { IgnoreExisting = true }));
        table.Text("max-size", '\0', "SIZE=skip larger files", (draft, text) =>
            Select(draft, s => s with { MaxSize = Numbers.Size("--max-size", text, 'b', 0, long.MaxValue, unlimited: false) }));
        table.Text("min-size", '\0', "SIZE=skip smaller files", (draft, text) =>
            Select(draft, s => s with { MinSize = Numbers.Size("--min-size", text, 'b', 0, long.MaxValue, unlimited: false) }));
        table.Flag("ignore-missing-args", '\0', "say nothing of sources that do not exist", draft =>
            Select(draft, s => s with { MissingArgs = s.MissingArgs == MissingArgs.Delete ? s.MissingArgs : MissingArgs.Ignore }));
        table.Flag("delete-missing-args", '\0', "delete their names at the destination", draft =>
            Select(draft, s => s with { MissingArgs = MissingArgs.Delete }));
        AddLinks(table);
    }

    private static void AddLinks(OptionTable<OptionDraft> table)
    {
        table.Flag("copy-links", 'L', "send what symbolic links lead to", draft => Select(draft, s => s with { CopyLinks = true }));
        table.Flag("copy-dirlinks", 'k', "the same for links to directories", draft => Select(draft, s => s with { CopyDirlinks = true }));
        table.Flag("copy-unsafe-links", '\0', "the same for links that lead out of the tree", draft =>
            Select(draft, s => s with { CopyUnsafeLinks = true }));
        table.Flag("safe-links", '\0', "leave out links that lead out of the tree", draft =>
            Select(draft, s => s with { SafeLinks = true }));
        table.Toggle("munge-links", '\0', "store links unusable, send them restored", (draft, on) =>
            Select(draft, s => s with { MungeLinks = on }));
        table.Flag("keep-dirlinks", 'K', "use a link to a directory at the destination as that directory", draft =>
            Select(draft, s => s with { KeepDirlinks = true }));
        table.Toggle("insecure-links", '\0', "follow links of other users in the paths given here", (draft, on) =>
            Select(draft, s => s with { InsecureLinks = on }));
        table.Text("confine-root", '\0', "DIR=refuse paths given here that lead out of DIR", (draft, text) =>
        {
            if (!text.StartsWith('/'))
                throw Usage.Syntax("--confine-root must be an absolute path");
            Select(draft, s => s with { ConfineRoot = text });
        });
    }

    private static void Recurse(OptionDraft draft, bool fromArchive)
    {
        draft.Selection = draft.Selection with { Recurse = true };
        draft.RecursionOfArchive = fromArchive;
    }

    private static void Select(OptionDraft draft, Func<SelectionOptions, SelectionOptions> change) =>
        draft.Selection = change(draft.Selection);
}
