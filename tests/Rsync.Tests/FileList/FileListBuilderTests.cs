using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>The lists made of source arguments, against those that stock rsync makes of the same.</summary>
public sealed class FileListBuilderTests : IDisposable
{
    private readonly TempDirectory _tree = new();
    private readonly List<LocalTree> _opened = [];
    private readonly List<string> _reports = [];

    public FileListBuilderTests()
    {
        _tree.Write("src/a.txt", "hello\n");
        _tree.Write("src/d/b.txt", "second file\n");
        _tree.Write("src/d/e/deep.o", "deep");
        _tree.Write("src/d-/x", "");
        _tree.Write("src/d.o", "object");
        _tree.Mkdir("src/empty");
        _tree.Symlink("src/link", "d/b.txt");
        _tree.Symlink("src/dirlink", "d");
        _tree.Symlink("src/d/up", "../a.txt");
        _tree.Symlink("src/d/out", "../../other/o.txt");
        _tree.Symlink("src/dangling", "nowhere");
        _tree.Write("other/d/b.txt", "of the other");
        _tree.Write("other/d/c.txt", "more");
        _tree.Write("other/o.txt", "o");
        Command.Check("ln", _tree["src/a.txt"], _tree["src/d/e/same"]);
        Command.Check("mkfifo", _tree["src/fifo"]);
    }

    public void Dispose()
    {
        _opened.ForEach(tree => tree.Dispose());
        _tree.Dispose();
    }

    public static TheoryData<string, string[]> Arguments { get; } = new()
    {
        { "logDtpr", ["src/"] },
        { "logDtpr", ["src"] },
        { "logDtpr", ["src/."] },
        { "logDtpr", ["./src/d/.."] },
        { "logDtpr", ["src/a.txt"] },
        { "logDtpr", ["src/d", "other/d", "src/a.txt"] },
        { "logDtpr", ["src/", "other/"] },
        { "logDtpr", ["src/dirlink", "src/dirlink/"] },
        { "logDtpr", ["src/nothing", "src/a.txt"] },
        { "Hlogtpr", ["src/"] },
        { "gtpr", ["src/"] },
        { "L", ["src/a.txt", "src/link", "src/d/up"] },
        { "Ltpr", ["src/d/"] },
        { "kltpr", ["src/"] },
        { "logDtpd", ["src/"] },
        { "logDtpd", ["src/d", "src/a.txt"] },
        { "logDtp", ["src/d", "src/a.txt"] },
        { "logDtprR", ["src/d/e/deep.o", "src/a.txt", "other/d/"] },
        { "logDtprR", ["./src/d", "./other/o.txt"] },
        { "logDtprR", ["src/./d/e", "other/d/./c.txt"] },
        { "logDtprR", ["src/d/e/deep.o", "src/d", "other"] },
        { "logDtprR", ["."] },
        { "logDtpRd", ["src/d/", "other/d"] },
        { "logDtprR", ["src/d/no", "src/d/e/same"] },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public void A_complete_list_is_that_of_stock_rsync(string letters, string[] arguments) => Compare(letters, incremental: false, [], arguments);

    [Theory]
    [MemberData(nameof(Arguments))]
    public void Lists_in_pieces_are_those_of_stock_rsync(string letters, string[] arguments)
    {
        if (letters.Contains('r', StringComparison.Ordinal))
            Compare(letters, incremental: true, [], arguments);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Links_that_lead_out_are_copied_with_copy_unsafe_links(bool incremental) =>
        Compare("ltpr", incremental, ["--copy-unsafe-links"], ["src/"], options => options with
        {
            Selection = options.Selection with { CopyUnsafeLinks = true },
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Missing_arguments_are_deletions_with_delete_missing_args(bool incremental) =>
        Compare("logDtprR", incremental, ["--delete-missing-args"], ["src/d/gone", "gone", "src/a.txt"], options => options with
        {
            Selection = options.Selection with { MissingArgs = MissingArgs.Delete },
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Filter_rules_and_merge_files_leave_names_out(bool incremental)
    {
        _tree.Write("src/d/.rules", "- b.txt\n");
        var rules = new FilterRulesBuilder().AddExclude("*.o").AddFilter("dir-merge .rules").Build();
        Compare("logDtpr", incremental, [], ["src/"], rules: rules);
    }

    [Fact]
    public void What_cannot_be_read_is_told_and_counted()
    {
        var builder = Builder("tpr", incremental: false, FilterRules.None);
        builder.BuildFirst([SourceArgument.Parse("nothing"u8, false), SourceArgument.Parse("src/no/thing"u8, false)]);
        Assert.Equal(
            [
                "link_stat \"nothing\" failed: No such file or directory (2)",
                $"change_dir \"{Environment.CurrentDirectory}/src/no\" failed: No such file or directory (2)",
            ], _reports);
        Assert.Equal(IoErrors.General, builder.IoError);
    }

    private void Compare(string letters, bool incremental, string[] words, string[] arguments,
        Func<TransferOptions, TransferOptions>? change = null, FilterRules? rules = null)
    {
        var options = Options(letters);
        options = change?.Invoke(options) ?? options;
        var format = Format(options, incremental);
        rules ??= FilterRules.None;
        var (stock, said) = StockSender.Read(
            RsyncVersion.Installed.Program(), _tree.Path, letters, rules, format, [.. words, ".", .. arguments]);
        var builder = Builder(options, incremental, rules);
        builder.BuildFirst(arguments.Select(argument => SourceArgument.Parse(Encoding.UTF8.GetBytes(argument), options.Selection.Relative)));
        while (builder.NextDirectory >= 0)
            builder.BuildNext();
        Assert.Equal(Describe(stock, options.Preserve), Describe(Received(builder.Lists), options.Preserve));
        foreach (var report in _reports)
            Assert.Contains(report.Split('"')[0], said, StringComparison.Ordinal);
    }

    /// <summary>The same lists as a receiver has them: without names that occur twice.</summary>
    private static FileLists Received(FileLists sent)
    {
        var received = new FileLists(sent[0].Start == 1, receiving: true);
        for (var i = 0; i < sent.Count; i++)
        {
            var list = sent[i];
            received.Add([.. Enumerable.Range(list.Start, list.Count).Select(index => list[index]!)], i == 0 ? -1 : list.DirectoryNumber);
        }
        return received;
    }

    private static IEnumerable<string> Describe(FileLists lists, PreserveOptions sent)
    {
        for (var i = 0; i < lists.Count; i++)
        {
            yield return $"list of {lists[i].DirectoryNumber}";
            for (var index = lists[i].Start; index < lists[i].Start + lists[i].Count; index++)
            {
                if (lists[i][index] is { } entry)
                    yield return $"{index} {Describe(entry, sent)}";
            }
        }
    }

    private static string Describe(FileEntry entry, PreserveOptions sent) => string.Join(' ',
        entry, Convert.ToString(entry.Mode, 8), entry.IsRegular ? entry.Length : 0, entry.Mtime, sent.Owner ? entry.Uid : 0, sent.Group ? entry.Gid : 0,
        entry.IsDirectory ? entry.Content : null, entry.LinkTarget is { } target ? Encoding.UTF8.GetString(target) : "", entry.Links is not null);

    private FileListBuilder Builder(string letters, bool incremental, FilterRules rules) => Builder(Options(letters), incremental, rules);

    private FileListBuilder Builder(TransferOptions options, bool incremental, FilterRules rules) =>
        new(options, incremental, rules, Open, report: (_, text) => _reports.Add(text));

    private Errno Open(ReadOnlySpan<byte> directory, out SourceRoot? root)
    {
        var name = Encoding.UTF8.GetString(directory);
        var error = LocalTree.Open(_tree[name], out var tree, new LocalTreeOptions { Links = LinkPolicy.Follow });
        root = tree is null ? null : new SourceRoot(tree, name);
        if (tree is not null)
            _opened.Add(tree);
        return error;
    }

    private static TransferOptions Options(string letters)
    {
        bool Has(char letter) => letters.Contains(letter, StringComparison.Ordinal);
        return new TransferOptions
        {
            Preserve = new PreserveOptions
            {
                Links = Has('l'),
                Owner = Has('o'),
                Group = Has('g'),
                Devices = Has('D'),
                Specials = Has('D'),
                Times = Has('t'),
                Perms = Has('p'),
                HardLinks = Has('H') ? 1 : 0,
            },
            Selection = new SelectionOptions
            {
                Recurse = Has('r'),
                Dirs = Has('d'),
                Relative = Has('R'),
                CopyLinks = Has('L'),
                CopyDirlinks = Has('k'),
            },
        };
    }

    private static FileListFormat Format(TransferOptions options, bool incremental) => new()
    {
        Incremental = incremental,
        Owner = options.Preserve.Owner,
        Group = options.Preserve.Group,
        Devices = options.Preserve.Devices,
        Specials = options.Preserve.Specials,
        Links = options.Preserve.Links,
        HardLinks = options.Preserve.HardLinks > 0,
        Relative = options.Selection.Relative,
        MissingArguments = options.Selection.MissingArgs == MissingArgs.Delete,
    };
}
