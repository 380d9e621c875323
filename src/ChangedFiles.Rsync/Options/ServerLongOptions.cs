using System.Globalization;

namespace ChangedFiles.Rsync.Options;

/// <summary>The long options a client sends, in stock order (docs/protocol.md 1.4). Options without effect on the server are left out.</summary>
internal static class ServerLongOptions
{
    public static List<string> For(TransferOptions options, ReportOptions report, bool push)
    {
        var words = new List<string>();
        AddReport(words, options, report, push);
        AddBackup(words, options);
        AddAlgorithms(words, options);
        if (push)
            AddDeletion(words, options, report);
        AddLimits(words, options, push);
        if (push)
            AddPartial(words, options.Writing);
        AddSelection(words, options);
        if (push)
            AddReceiver(words, options);
        words.AddIf(InfoList.For(report, push) is { Length: > 0 } list ? "--info=" + list : null);
        AddFiles(words, options, push);
        return words;
    }

    private static void AddReport(List<string> words, TransferOptions options, ReportOptions report, bool push)
    {
        words.AddIf(options.ListOnlyByName, "--list-only");
        words.AddIf(push && ServerLetters.SendsDirs(options, push) && options.Deletion.Mode != DeleteMode.None, "--no-r");
        words.AddIf(options.Compression.Level is { } level ? Invariant($"--compress-level={level}") : null);
        var keep = options.Preserve;
        words.AddIf(keep.Devices != keep.Specials ? keep.Devices ? "--no-specials" : "--specials" : null);
        if (push && report.PrintsItems)
        {
            words.AddIf(report.Itemize switch
            {
                Itemize.All => "--log-format=%i%I",
                Itemize.Changes => "--log-format=%i",
                _ when report.PrintsOperation => "--log-format=%o",
                _ => report.Verbose == 0 ? "--log-format=X" : null,
            });
        }
        words.AddIf(report.Stderr switch { StderrMode.All => "--msgs2stderr", StderrMode.Client => "--no-msgs2stderr", _ => null });
        words.AddIf(options.Comparison.BlockSize > 0 ? Invariant($"-B{options.Comparison.BlockSize}") : null);
        words.AddIf(options.Wire.Timeout > 0 ? Invariant($"--timeout={options.Wire.Timeout}") : null);
        words.AddIf(options.Wire.BwLimit > 0 ? Invariant($"--bwlimit={options.Wire.BwLimit / 1024}") : null);
    }

    private static void AddBackup(List<string> words, TransferOptions options)
    {
        var writing = options.Writing;
        words.AddPair("--backup-dir", writing.BackupDir);
        words.AddIf(writing.BackupSuffix != (writing.BackupDir is null ? "~" : ""), "--suffix=" + writing.BackupSuffix);
    }

    private static void AddAlgorithms(List<string> words, TransferOptions options)
    {
        words.AddIf(options.Comparison.ChecksumChoice is { } checksum ? "--checksum-choice=" + checksum : null);
        var compression = options.Compression;
        words.AddIf(compression.Is("zlibx") ? "--new-compress"
            : compression.Is("zlib") ? "--old-compress"
            : compression.Choice is { } choice ? "--compress-choice=" + choice : null);
    }

    private static void AddDeletion(List<string> words, TransferOptions options, ReportOptions report)
    {
        var deletion = options.Deletion;
        words.AddIf(deletion.MaxDelete is { } max ? Invariant($"--max-delete={(max == 0 ? -1 : max)}") : null);
        words.AddIf(options.Selection.MinSize is { } min ? Invariant($"--min-size={min}") : null);
        words.AddIf(options.Selection.MaxSize is { } size ? Invariant($"--max-size={size}") : null);
        words.AddIf(deletion.Mode switch
        {
            DeleteMode.Before => "--delete-before",
            DeleteMode.Delay => "--delete-delay",
            DeleteMode.During => "--delete-during",
            DeleteMode.After => "--delete-after",
            DeleteMode.Unspecified when !deletion.Excluded => "--delete",
            _ => null,
        });
        words.AddIf(deletion.Excluded, "--delete-excluded");
        words.AddIf(deletion.Force, "--force");
        words.AddIf(options.Writing.OnlyWriteBatch, "--only-write-batch=X");
        words.AddIf(options.Preserve.Super == true, "--super");
        words.AddIf(options.Comparison.SizeOnly, "--size-only");
        words.AddIf(report.Stats, "--stats");
    }

    private static void AddLimits(List<string> words, TransferOptions options, bool push)
    {
        words.AddIf(!push && options.Compression.SkipCompress is { } list ? "--skip-compress=" + list : null);
        words.AddIf(options.Wire.MaxAlloc is { } alloc and not WireOptions.DefaultMaxAlloc ? "--max-alloc=" + Size(alloc) : null);
        words.AddIf(options.Selection.MissingArgs switch
        {
            MissingArgs.Delete => "--delete-missing-args",
            MissingArgs.Ignore when !push => "--ignore-missing-args",
            _ => null,
        });
        var window = options.Comparison.ModifyWindow;
        words.AddIf(!push || window == 0 ? null : window < 0 ? Invariant($"-@{window}") : Invariant($"--modify-window={window}"));
        var seed = options.Comparison.ChecksumSeed;
        words.AddIf(seed != 0 ? Invariant($"--checksum-seed={seed}") : null);
    }

    private static void AddPartial(List<string> words, WritingOptions writing)
    {
        words.AddPair("--partial-dir", writing.PartialDir);
        words.AddIf(writing.DelayUpdates, "--delay-updates");
        words.AddIf(writing is { Partial: true, PartialDir: null, DelayUpdates: false }, "--partial");
    }

    private static void AddSelection(List<string> words, TransferOptions options)
    {
        words.AddIf(options.Deletion.IgnoreErrors, "--ignore-errors");
        words.AddIf(options.Selection.CopyUnsafeLinks, "--copy-unsafe-links");
        words.AddIf(options.Selection.SafeLinks, "--safe-links");
        words.AddIf(options.Preserve.NumericIds, "--numeric-ids");
        words.AddIf(options.Wire.QSort, "--use-qsort");
    }

    private static void AddReceiver(List<string> words, TransferOptions options)
    {
        words.AddIf(options.Preserve.UserMap is { } users ? "--usermap=" + users : null);
        words.AddIf(options.Preserve.GroupMap is { } groups ? "--groupmap=" + groups : null);
        words.AddIf(options.Selection.IgnoreExisting, "--ignore-existing");
        words.AddIf(options.Selection.Existing, "--existing");
        words.AddPair("--temp-dir", options.Writing.TempDir);
        words.AddIf(options.Writing.Fsync, "--fsync");
        foreach (var dir in options.Comparison.AlternateDirs)
            words.AddPair(Syntax.TransferTable.NameOf(options.Comparison.AlternateDest), dir);
    }

    private static void AddFiles(List<string> words, TransferOptions options, bool push)
    {
        var (selection, writing) = (options.Selection, options.Writing);
        words.AddIf(writing.Append != AppendMode.None, "--append");
        words.AddIf(writing.Append == AppendMode.Verify, "--append");
        words.AddIf(writing is { Append: AppendMode.None, Inplace: true }, "--inplace");
        words.AddIf(push && writing is { Inplace: true, Sparse: true } && options.Comparison.WholeFile == false, "--no-W");
        if (selection.FilesFrom is { } names && (names.Remote || !push))
        {
            words.AddRange(names.Remote ? ["--files-from", names.Path] : ["--files-from=-"]);
            words.AddIf(selection.From0 || !names.Remote, "--from0");
            words.AddIf(!selection.Relative, "--no-relative");
        }
        words.AddIf(selection is { Relative: true, ImpliedDirs: false }, "--no-implied-dirs");
        words.AddIf(push && writing.WriteDevices, "--write-devices");
        words.AddIf(writing.RemoveSourceFiles, writing.RemoveSentFiles ? "--remove-sent-files" : "--remove-source-files");
        words.AddIf(!push && writing.CopyDevices, "--copy-devices");
        words.AddIf(push && writing.Preallocate, "--preallocate");
        words.AddIf(options.Preserve is { OpenNoatime: true, Atimes: false }, "--open-noatime");
        words.AddIf(push && writing.Mkpath, "--mkpath");
    }

    /// <summary>A size in the largest unit that divides it.</summary>
    private static string Size(long bytes)
    {
        var unit = 0;
        while (bytes > 0 && bytes % 1024 == 0 && unit < 3)
        {
            bytes /= 1024;
            unit++;
        }
        return Invariant($"{bytes}{(unit == 0 ? "" : "kmg"[unit - 1])}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void AddIf(this List<string> words, bool condition, string word)
    {
        if (condition)
            words.Add(word);
    }

    private static void AddIf(this List<string> words, string? word)
    {
        if (word is not null)
            words.Add(word);
    }

    private static void AddPair(this List<string> words, string option, string? value)
    {
        if (value is null)
            return;
        words.Add(option);
        words.Add(value);
    }
}
