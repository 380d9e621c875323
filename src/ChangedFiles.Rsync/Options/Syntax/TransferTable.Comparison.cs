namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private const int MaxAlternateDirs = 20;

    private static void AddComparison(OptionTable<OptionDraft> table)
    {
        table.Toggle("checksum", 'c', "compare contents, not size and time", (draft, on) => Compare(draft, c => c with { Checksum = on }));
        table.Flag("size-only", '\0', "equal size means unchanged", draft => Compare(draft, c => c with { SizeOnly = true }));
        table.Flag("ignore-times", 'I', "equal size and time do not mean unchanged", draft =>
            Compare(draft, c => c with { IgnoreTimes = true }));
        table.Number("modify-window", '@', "SECONDS=times this close are equal; -1 compares nanoseconds", (draft, seconds) =>
            Compare(draft, c => c with { ModifyWindow = seconds }));
        table.Text("checksum-choice", '\0', "NAME=the checksum algorithm (also --cc)", (draft, text) =>
        {
            AlgorithmNames.Checksum(text);
            Compare(draft, c => c with { ChecksumChoice = text });
        });
        table.Alias("cc", "checksum-choice");
        table.Number("checksum-seed", '\0', "NUMBER=the seed of block checksums", (draft, seed) =>
            Compare(draft, c => c with { ChecksumSeed = seed }));
        table.Text("block-size", 'B', "SIZE=bytes in a block of the delta", (draft, text) =>
            Compare(draft, c => c with
            {
                BlockSize = (int)Numbers.Size("--block-size", text, 'b', 0, ComparisonOptions.MaxBlockSize, unlimited: false),
            }));
        table.Toggle("whole-file", 'W', "send whole files, no delta", (draft, on) => Compare(draft, c => c with { WholeFile = on }));
        table.Toggle("fuzzy", 'y', "use a file of a similar name as the basis", (draft, on) =>
            Compare(draft, c => c with { Fuzzy = on ? Math.Min(2, c.Fuzzy + 1) : 0 }));
        table.Text("compare-dest", '\0', "DIR=leave out what DIR has already", (draft, dir) => AddAlternate(draft, AlternateDest.Compare, dir));
        table.Text("copy-dest", '\0', "DIR=copy from DIR what it has already", (draft, dir) => AddAlternate(draft, AlternateDest.Copy, dir));
        table.Text("link-dest", '\0', "DIR=hard-link from DIR what it has already", (draft, dir) =>
            AddAlternate(draft, AlternateDest.Link, dir));
    }

    private static void AddAlternate(OptionDraft draft, AlternateDest kind, string dir)
    {
        var prior = draft.Comparison.AlternateDest;
        if (prior != AlternateDest.None && prior != kind)
            throw Usage.Syntax($"rsync: ERROR: the {NameOf(kind)} option conflicts with the {NameOf(prior)} option");
        if (draft.Comparison.AlternateDirs.Count == MaxAlternateDirs)
            throw Usage.Syntax($"rsync: ERROR: at most {MaxAlternateDirs} {NameOf(kind)} args may be specified");
        Compare(draft, c => c with { AlternateDest = kind, AlternateDirs = [.. c.AlternateDirs, dir] });
    }

    /// <summary>The option that asks for <paramref name="kind"/>.</summary>
    internal static string NameOf(AlternateDest kind) => kind switch
    {
        AlternateDest.Compare => "--compare-dest",
        AlternateDest.Copy => "--copy-dest",
        _ => "--link-dest",
    };

    private static void Compare(OptionDraft draft, Func<ComparisonOptions, ComparisonOptions> change) =>
        draft.Comparison = change(draft.Comparison);
}
