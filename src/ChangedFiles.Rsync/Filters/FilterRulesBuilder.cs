using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Filters;

/// <summary>Collects filter rules in the order of the command line, of a daemon's configuration, or of the wire.</summary>
/// <remarks>Every method throws <see cref="FilterException"/> with the rule and the reason when it cannot take one.</remarks>
public sealed class FilterRulesBuilder
{
    /// <summary>Most rules taken from a peer, and most bytes of them.</summary>
    internal const int MaxReceivedRules = 1_000_000, MaxReceivedBytes = 64 << 20;

    /// <summary>Largest file of rules, in bytes.</summary>
    internal const int MaxFileLength = 64 << 20;

    private readonly RuleReader _reader;
    private readonly bool _daemon;
    private long _receivedBytes;
    private int _receivedRules;
    private int _shorthands;

    /// <param name="nulDelimited">--from0: lines of files end with NUL.</param>
    /// <param name="forDaemon">Rules of a daemon's configuration, about the whole module.</param>
    public FilterRulesBuilder(bool nulDelimited = false, bool forDaemon = false)
    {
        _daemon = forDaemon;
        _reader = new RuleReader(OpenFile, CvsRules)
        {
            NulDelimited = nulDelimited,
            IsMergedAlready = _ => false,
            Warn = text => Warning?.Invoke(text),
            Caution = text => Caution?.Invoke(text),
        };
    }

    /// <summary>
    /// -C: at the end come the per-directory .cvsignore files and the built-in list. A serving receiver leaves this off: a client that
    /// sends sends them itself.
    /// </summary>
    public bool CvsExclude { get; set; }

    /// <summary>After all other rules the sender leaves out what .gitignore files in the tree name.</summary>
    public bool GitIgnore { get; set; }

    /// <summary>--delete-excluded.</summary>
    public bool DeleteExcluded { get; set; }

    /// <summary>--partial-dir: a relative one is neither sent nor deleted, which each side knows by itself. Null without.</summary>
    public string? PartialDir { get; set; }

    /// <summary>--from0, for the files that are read from now on and those of the tree.</summary>
    public bool NulDelimited
    {
        get => _reader.NulDelimited;
        set => _reader.NulDelimited = value;
    }

    /// <summary>Reads a file of rules by its name as written ("-" is standard input); null: from this machine.</summary>
    public Func<string, byte[]>? ReadFile { get; init; }

    /// <summary>Told of each rule that is left out because it is too long to match anything.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Told of each rule that ends in white space.</summary>
    public Action<string>? Caution { get; init; }

    /// <summary>How the names of files on this machine are followed.</summary>
    public OperatorPaths Paths { get; init; } = new();

    /// <summary>Reads an environment variable; HOME and CVSIGNORE matter to -C.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>--filter.</summary>
    public FilterRulesBuilder AddFilter(string rule) => AddText(rule, new RuleTemplate(FilterModifiers.None, Daemon: _daemon));

    /// <summary>--exclude: a pattern, or "+ ", "- " before one, or "!".</summary>
    public FilterRulesBuilder AddExclude(string pattern) => AddText(pattern, OldStyle(FilterModifiers.None));

    /// <summary>--include.</summary>
    public FilterRulesBuilder AddInclude(string pattern) => AddText(pattern, OldStyle(FilterModifiers.Include));

    /// <summary>--exclude-from.</summary>
    public FilterRulesBuilder AddExcludeFrom(string file) => AddFile(file, OldStyle(FilterModifiers.None));

    /// <summary>--include-from.</summary>
    public FilterRulesBuilder AddIncludeFrom(string file) => AddFile(file, OldStyle(FilterModifiers.Include));

    /// <summary>-F: the first time per-directory .rsync-filter files from the top down, the second time these files are excluded.</summary>
    public FilterRulesBuilder AddShorthand()
    {
        _shorthands++;
        return _shorthands switch
        {
            1 => AddFilter(": /.rsync-filter"),
            2 => AddFilter("- .rsync-filter"),
            _ => this,
        };
    }

    /// <summary>A daemon's <c>filter</c> parameter: rules between white space.</summary>
    public FilterRulesBuilder AddFilterWords(string rules) => AddText(rules, new RuleTemplate(FilterModifiers.Words, Daemon: _daemon));

    /// <summary>A daemon's <c>exclude</c> parameter.</summary>
    public FilterRulesBuilder AddExcludeWords(string patterns) => AddText(patterns, OldStyle(FilterModifiers.Words));

    /// <summary>A daemon's <c>include</c> parameter.</summary>
    public FilterRulesBuilder AddIncludeWords(string patterns) => AddText(patterns, OldStyle(FilterModifiers.Words | FilterModifiers.Include));

    /// <summary>One rule as the peer sent it, without its length.</summary>
    internal FilterRulesBuilder AddReceived(ReadOnlySpan<byte> rule)
    {
        if (rule.Length is 0 or > FilterRule.MaxWireLength)
            throw new FilterException($"the peer's filter rule has {rule.Length} bytes, which is not 1..{FilterRule.MaxWireLength}");
        if (++_receivedRules > MaxReceivedRules || (_receivedBytes += rule.Length) > MaxReceivedBytes)
            throw new FilterException($"the peer sends more than {MaxReceivedRules} filter rules or {MaxReceivedBytes} bytes of them");
        var received = rule;
        if (RuleToken.TryTake(ref received, default, null, out var token) && token.Kind == RuleKind.Merge)
            throw new FilterException($"the peer's filter rule \"{TreePath.Printable(rule)}\" names a file of this side to merge, which no peer may");
        _reader.AddText(rule, default);
        return this;
    }

    /// <summary>The rules so far.</summary>
    public FilterRules Build()
    {
        var implied = new RuleReader(OpenFile, CvsRules)
        {
            IsMergedAlready = name => _reader.Rules.Any(rule => rule.IsDirMerge && rule.LastName.SequenceEqual(name.Span)),
        };
        if (CvsExclude)
        {
            implied.AddText(":C"u8, default);
            implied.AddText("-C"u8, default);
        }
        return new FilterRules(_reader.Rules, GitIgnore ? [.. implied.Rules, GitIgnoreFile.Rule] : implied.Rules, PartialRules())
        {
            DeleteExcluded = DeleteExcluded,
            NulDelimited = NulDelimited,
            CvsRules = CvsRules,
        };
    }

    private IReadOnlyList<FilterRule> PartialRules()
    {
        if (PartialDir is null or ['/', ..])
            return [];
        var reader = new RuleReader(OpenFile, CvsRules) { IsMergedAlready = _ => false };
        reader.AddText(ArgumentText.Encode($"-p {PartialDir.TrimEnd('/')}/"), default);
        return reader.Rules;
    }

    private RuleTemplate OldStyle(FilterModifiers modifiers) => new(modifiers, OldPrefixes: true, Daemon: _daemon);

    private FilterRulesBuilder AddText(string text, RuleTemplate template)
    {
        _reader.AddText(ArgumentText.Encode(text), template);
        return this;
    }

    private FilterRulesBuilder AddFile(string name, RuleTemplate template)
    {
        _reader.AddFile(Read(name, template.Has(FilterModifiers.Include) ? "include" : "exclude"), template, name);
        return this;
    }

    private byte[] OpenFile(ReadOnlySpan<byte> name, string? origin)
    {
        try
        {
            return Read(Collapsed(ArgumentText.Decode(name)), "exclude");
        }
        catch (FilterException failure) when (origin is not null && failure.ExitCode == ExitCode.FileIO)
        {
            throw new FilterException($"failed to open exclude file {RuleToken.Shown(name, origin)}", ExitCode.FileIO);
        }
    }

    /// <summary>In a merge rule a path means what its words say, whether or not the directories that ".." takes back exist.</summary>
    private static string Collapsed(string name) =>
        !name.Contains('/') ? name : Path.IsPathRooted(name) ? Path.GetFullPath(name) : Path.GetRelativePath(".", name);

    private byte[] Read(string name, string kind) => ReadFile is null ? ReadHostFile(name, kind) : ReadFile(name);

    private FilterRule[] CvsRules(FilterModifiers modifiers)
    {
        var home = Environment("HOME");
        var file = string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cvsignore");
        var contents = file is not null && File.Exists(file) ? Read(file, "exclude") : [];
        return CvsIgnore.Rules(modifiers, contents, ArgumentText.Encode(Environment("CVSIGNORE") ?? ""));
    }

    private byte[] ReadHostFile(string name, string kind)
    {
        try
        {
            using var file = name == "-" ? Console.OpenStandardInput() : OperatorFiles.OpenToRead(Paths, name);
            using var contents = new MemoryStream();
            // A directory can be opened, and has no rules.
            if (file is not FileStream { SafeFileHandle: var handle } || Inodes.Stat(handle, out var stat) != Errno.None || !stat.IsDirectory)
                file.CopyTo(contents);
            if (contents.Length > MaxFileLength)
                throw new FilterException($"file of filter rules {name}: has {contents.Length} bytes, more than {MaxFileLength}");
            return contents.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new FilterException($"failed to open {kind} file {name}: {ErrnoText.Reason(e)}", ExitCode.FileIO);
        }
    }
}
