using System.Text;

namespace ChangedFiles.Rsync.Options;

/// <summary>The word of single letters a client sends, ending in its capabilities (docs/protocol.md 1.3, 1.5).</summary>
internal static class ServerLetters
{
    private const int MostVerbose = 9;

    public static string For(TransferOptions options, ReportOptions report, bool push)
    {
        var letters = new StringBuilder("-", 32);
        Add(letters, 's', options.Wire.SecludedArgs);
        Add(letters, 'v', Math.Min(MostVerbose, report.Verbose));
        Add(letters, 'q', report.Quiet && report.Stderr != StderrMode.Client);
        AddTransfer(letters, options);
        if (push)
            AddPush(letters, options);
        else
            AddPull(letters, options);
        AddPreserved(letters, options, push);
        AddComparison(letters, options);
        return letters.Append("e.").Append(Capabilities(options, push)).ToString();
    }

    /// <summary>What the client can do; each letter allows the server a compatibility flag.</summary>
    private static string Capabilities(TransferOptions options, bool push) =>
        options.AllowsIncrementalRecursion(receiving: !push) ? "iLsfxCIvu" : "LsfxCIvu";

    private static void AddTransfer(StringBuilder letters, TransferOptions options)
    {
        Add(letters, 'b', options.Writing.Backup);
        Add(letters, 'u', options.Selection.Update);
        Add(letters, 'n', options.DryRun);
        Add(letters, 'l', options.Preserve.Links);
    }

    /// <summary>True when the server has to be told that directories are sent although it does not recurse.</summary>
    public static bool SendsDirs(TransferOptions options, bool push) =>
        !options.Selection.Recurse && options.TransfersDirs
        && (options.Selection.Dirs == true || options.ListOnly || (push && options.Deletion.Mode != DeleteMode.None));

    private static void AddPush(StringBuilder letters, TransferOptions options)
    {
        Add(letters, 'd', SendsDirs(options, push: true));
        Add(letters, 'K', options.Selection.KeepDirlinks);
        Add(letters, 'm', options.Selection.PruneEmptyDirs);
        Add(letters, 'O', options.Preserve.OmitDirTimes);
        Add(letters, 'J', options.Preserve.OmitLinkTimes);
        Add(letters, 'y', options.Comparison.Fuzzy);
    }

    private static void AddPull(StringBuilder letters, TransferOptions options)
    {
        Add(letters, 'd', SendsDirs(options, push: false));
        Add(letters, 'L', options.Selection.CopyLinks);
        Add(letters, 'k', options.Selection.CopyDirlinks);
    }

    private static void AddPreserved(StringBuilder letters, TransferOptions options, bool push)
    {
        var keep = options.Preserve;
        Add(letters, 'W', options.Comparison.WholeFile == true);
        Add(letters, 'H', keep.HardLinks);
        Add(letters, 'o', keep.Owner);
        Add(letters, 'g', keep.Group);
        Add(letters, 'D', keep.Devices);
        Add(letters, 't', keep.Times);
        Add(letters, 'U', keep.Atimes ? keep.OpenNoatime ? 2 : 1 : 0);
        letters.Append(keep.Perms ? "p" : keep.Executability && push ? "E" : "");
        Add(letters, 'A', keep.Acls);
        Add(letters, 'X', keep.Xattrs);
    }

    private static void AddComparison(StringBuilder letters, TransferOptions options)
    {
        Add(letters, 'r', options.Selection.Recurse);
        Add(letters, 'c', options.Comparison.Checksum);
        Add(letters, 'C', options.Selection.CvsExclude);
        Add(letters, 'I', options.Comparison.IgnoreTimes);
        Add(letters, 'R', options.Selection.Relative);
        Add(letters, 'x', options.Selection.OneFileSystem);
        Add(letters, 'S', options.Writing.Sparse);
        Add(letters, 'z', options.Compression is { Compress: true, Choice: null } || options.Compression.Is("zlib"));
    }

    private static void Add(StringBuilder letters, char letter, bool isOn) => Add(letters, letter, isOn ? 1 : 0);

    // Letter by letter: the builder's own way of repeating one has to be compiled at run time.
    private static void Add(StringBuilder letters, char letter, int times)
    {
        for (; times > 0; times--)
            letters.Append(letter);
    }
}
