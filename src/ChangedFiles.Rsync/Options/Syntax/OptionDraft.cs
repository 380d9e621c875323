namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>
/// The options while they are read, in the order they were given. What one option implies for another is worked out
/// at the end, by <see cref="Finish"/>.
/// </summary>
internal class OptionDraft
{
    public PreserveOptions Preserve { get; set; } = new();
    public SelectionOptions Selection { get; set; } = new();
    public ComparisonOptions Comparison { get; set; } = new();
    public DeletionOptions Deletion { get; set; } = new();
    public WritingOptions Writing { get; set; } = new();
    public CompressionOptions Compression { get; set; } = new();
    public WireOptions Wire { get; set; } = new();
    public ReportOptions Report { get; set; } = new();

    public bool DryRun { get; set; }
    public bool ListOnly { get; set; }

    /// <summary>True while <c>-r</c> is only part of <c>-a</c>; files-from then takes it back.</summary>
    public bool RecursionOfArchive { get; set; }

    /// <summary><c>--old-dirs</c>: recursion, and a rule that leaves out what is deeper (<c>- /*/*</c>, the reader of rules adds it).</summary>
    public bool OldDirs { get; set; }

    /// <summary><c>-R</c>, <c>--no-R</c>, or as files-from implies.</summary>
    public bool? Relative { get; set; }

    /// <summary><c>--delete</c>, and the variants that exclude each other.</summary>
    public bool Delete { get; set; }
    public bool DeleteBefore { get; set; }
    public DeleteMode DeleteDuring { get; set; }
    public bool DeleteAfter { get; set; }

    public int CompressCount { get; set; }
    public int? OldArgs { get; set; }
    public bool? SecludedArgs { get; set; }
    public bool IconvGiven { get; set; }
    public List<string> InfoLists { get; } = [];
    public List<string> DebugLists { get; } = [];
    public bool Progress { get; set; }

    /// <summary><c>--usermap</c>, <c>--groupmap</c> and <c>--chown</c> exclude each other; the option each map came from.</summary>
    public string? UserMapOption { get; set; }
    public string? GroupMapOption { get; set; }

    /// <summary>The mask that <c>--chmod</c> without a "who" respects; null for the process's own.</summary>
    public uint? Umask { get; init; }

    /// <summary>Set when the rest of the command line does not matter.</summary>
    public bool Done { get; set; }

    /// <summary>True on a server: some options count or mean something else there.</summary>
    public bool IsServer { get; set; }

    /// <summary>The environment, for the <c>RSYNC_</c> variables that stand in for options.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    /// <summary>The options in force.</summary>
    /// <exception cref="RsyncException">Options that exclude each other.</exception>
    public TransferOptions Finish()
    {
        FinishSelection();
        FinishComparison();
        FinishDeletion();
        FinishWriting();
        FinishCompression();
        FinishWire();
        return new TransferOptions
        {
            Preserve = Preserve,
            Selection = Selection,
            Comparison = Comparison,
            Deletion = Deletion,
            Writing = Writing,
            Compression = Compression,
            Wire = Wire,
            DryRun = DryRun,
            ListOnly = ListOnly,
            ListOnlyByName = ListOnly,
        };
    }

    /// <summary>The levels in force: <c>-v</c>, then what other options imply, then <c>--info</c> and <c>--debug</c>.</summary>
    /// <exception cref="RsyncException">An unknown flag.</exception>
    public ReportOptions FinishReport()
    {
        var info = Verbosity.Info(Report.Verbose);
        if (Report.Stats)
            info = info.With(InfoFlag.Stats, Report.Verbose > 1 ? 3 : 2);
        if (Progress && !IsServer)
            info = info.With(InfoFlag.Flist, 2).With(InfoFlag.Progress, 1).With(InfoFlag.Name, Math.Max(1, info[InfoFlag.Name]));
        var debug = Verbosity.Debug(Report.Verbose);
        Levels<InfoFlag> infoNamed = default;
        Levels<DebugFlag> debugNamed = default;
        if (!Verbosity.TryParse(string.Join(',', InfoLists), ref info, ref infoNamed, out var unknown))
            throw Usage.Syntax($"Unknown --info item: \"{unknown}\"");
        if (!Verbosity.TryParse(string.Join(',', DebugLists), ref debug, ref debugNamed, out unknown))
            throw Usage.Syntax($"Unknown --debug item: \"{unknown}\"");
        return Report with { Info = info, InfoNamed = infoNamed, Debug = debug };
    }

    private void FinishSelection()
    {
        var filesFrom = Selection.FilesFrom is not null;
        Selection = Selection with
        {
            Recurse = OldDirs || (Selection.Recurse && !(filesFrom && RecursionOfArchive)),
            Relative = Relative ?? filesFrom,
        };
        if (Selection.InsecureLinks && Selection.ConfineRoot is not null)
            throw Usage.Syntax("--insecure-links cannot be combined with --confine-root");
        if (Preserve.FakeSuper && Preserve.Xattrs > 1)
            throw Usage.Syntax("--fake-super conflicts with -XX");
    }

    private void FinishComparison()
    {
        var choice = AlgorithmNames.Checksum(Comparison.ChecksumChoice);
        if (choice is not null && choice.Split(',') is var names)
        {
            if (Comparison.Checksum && names[^1].Equals("none", StringComparison.OrdinalIgnoreCase))
                throw Usage.Unsupported("Invalid checksum-choice for --checksum: none");
            if (names[0].Equals("none", StringComparison.OrdinalIgnoreCase))
                Comparison = Comparison with { WholeFile = true };
        }
        Comparison = Comparison with
        {
            ChecksumChoice = choice,
            Fuzzy = Comparison.AlternateDirs.Count == 0 ? Math.Min(Comparison.Fuzzy, 1) : Comparison.Fuzzy,
        };
    }

    private void FinishDeletion()
    {
        var variants = (DeleteBefore ? 1 : 0) + (DeleteDuring != DeleteMode.None ? 1 : 0) + (DeleteAfter ? 1 : 0);
        if (variants > 1)
            throw Usage.Syntax("rsync: You may not combine multiple --delete-WHEN options.");
        var mode = DeleteBefore ? DeleteMode.Before
            : DeleteAfter ? DeleteMode.After
            : DeleteDuring != DeleteMode.None ? DeleteDuring
            : Delete || Deletion.Excluded ? DeleteMode.Unspecified : DeleteMode.None;
        if (mode != DeleteMode.None && !Selection.Recurse && !TransfersDirs)
            throw Usage.Syntax("--delete does not work without --recursive (-r) or --dirs (-d).");
        Deletion = Deletion with { Mode = mode };
    }

    private bool TransfersDirs => Selection.Dirs ?? (ListOnly || Selection.FilesFrom is not null);

    private void FinishWriting()
    {
        if (Writing.Append != AppendMode.None && Comparison.WholeFile == true)
            throw Usage.Syntax("--append cannot be used with --whole-file");
        if (Writing.BackupSuffix.Contains('/'))
            throw Usage.Syntax($"--suffix cannot contain slashes: {Writing.BackupSuffix}");
        if (Writing is { Backup: true, BackupDir: null, Suffix: "" })
            throw Usage.Syntax("--suffix cannot be empty without a --backup-dir");
        if (Writing is { BackupDir: "" or "." or "./", BackupSuffix: "" })
            throw Usage.Syntax("--suffix cannot be empty when --backup-dir is the same as the dest dir");
        var inplace = Writing.Inplace || Writing.Append != AppendMode.None || Writing.WriteDevices;
        var partialDir = Writing.PartialDir;
        if (partialDir is null && !inplace && !IsServer && (Writing.Partial || Writing.DelayUpdates))
            partialDir = Writing.DelayUpdates ? null : Environment("RSYNC_PARTIAL_DIR");
        if (inplace && (partialDir is not null || Writing.DelayUpdates))
        {
            throw Usage.Syntax($"--{(Writing.Append != AppendMode.None ? "append" : "inplace")} "
                + $"cannot be used with --{(Writing.DelayUpdates ? "delay-updates" : "partial-dir")}");
        }
        partialDir = partialDir?.Length > 1 ? partialDir.TrimEnd('/') : partialDir;
        var given = partialDir is not null;
        Writing = Writing with
        {
            Backup = Writing.Backup || Writing.BackupDir is not null,
            Inplace = inplace,
            Partial = (Writing.Partial || given) && !inplace,
            PartialDir = partialDir is "" or "." ? null : partialDir,
        };
    }

    private void FinishCompression()
    {
        if (CompressCount > 1 && Compression.Choice is null)
            Compression = Compression with { Choice = "zlibx" };
        Compression = Compression with { Compress = CompressCount > 0, Choice = AlgorithmNames.Compression(Compression.Choice) };
    }

    private void FinishWire()
    {
        if (SecludedArgs == true && OldArgs > 0)
            throw Usage.Syntax("--secluded-args conflicts with --old-args.");
        var oldArgs = OldArgs ?? (SecludedArgs == true || IsServer ? 0 : Count(Environment("RSYNC_OLD_ARGS")));
        var secluded = SecludedArgs ?? (!IsServer && oldArgs == 0 && Count(Environment("RSYNC_PROTECT_ARGS")) > 0);
        if (!IconvGiven && !IsServer && Environment("RSYNC_ICONV") is { Length: > 0 } iconv)
            ServerTable.Iconv(iconv, "RSYNC_ICONV");
        Wire = Wire with
        {
            SecludedArgs = secluded,
            OldArgs = oldArgs,
            MaxAlloc = Wire.MaxAlloc ?? MaxAllocOfEnvironment(),
            ChecksumList = Environment("RSYNC_CHECKSUM_LIST"),
            CompressList = Environment("RSYNC_COMPRESS_LIST"),
        };
    }

    private long? MaxAllocOfEnvironment() =>
        Environment("RSYNC_MAX_ALLOC") is { Length: > 0 } text ? TransferTable.ParseMaxAlloc("--max-alloc", text) : null;

    private static int Count(string? value) => value is null or "" ? 0 : int.TryParse(value, out var count) ? Math.Max(0, count) : 1;
}
