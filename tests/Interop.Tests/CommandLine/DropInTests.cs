using System.Text;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>What rsync's own test suite found: this program's copies against stock's, made in the same way.</summary>
public sealed class DropInTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public DropInTests()
    {
        _directory.Write("src/file", "some text");
        _directory.Write("src/deep/er/other", new string('x', 5000));
        _directory.Symlink("src/deep/link", "../file");
        Command.Check("ln", _directory["src/file"], _directory["src/deep/twin"]);
        Command.Check("setfattr", "-n", "user.note", "-v", "for directories too", _directory["src/deep"], _directory["src/file"]);
        Command.Check("chmod", "4751", _directory["src/deep/er/other"]);
        Command.Check("rsync", "-aHX", _directory["src/"], _directory["alt/"]);
        Command.Check("find", _directory["src"], "-exec", "touch", "-h", "-d", "@1700000000", "{}", "+");
        Command.Check("find", _directory["alt"], "-exec", "touch", "-h", "-d", "@1700000000", "{}", "+");
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("-aHX --copy-dest=../alt")]
    [InlineData("-ivvplrtH --copy-dest=../alt")]
    [InlineData("-ivvplrtH --link-dest=../alt")]
    [InlineData("-iplrtH --link-dest=../alt")]
    [InlineData("-vvplrtH --link-dest=../alt")]
    [InlineData("-niplrtH --link-dest=../alt")]
    [InlineData("-vvplrtH --compare-dest=../alt")]
    [InlineData("-vvplrtH --copy-dest=../alt")]
    [InlineData("-aX --fake-super")]
    [InlineData("-aHi --fake-super --chmod=a=")]
    public void A_copy_is_as_stock_makes_it(string options) => Compare(options.Split(' '), [_directory["src/"]]);

    [Theory]
    [InlineData("-rl --out-format=%o|%n|%l|%c|%C")]
    [InlineData("-rlvv")]
    [InlineData("-rlvv --no-W --include=other --exclude=er/ --exclude=twin")]
    [InlineData("-rlvv --delete --filter=P_gone --filter=R_old --exclude=o*")]
    [InlineData("-rlvv --filter=:_.rules")]
    [InlineData("-rlC --debug=filter")]
    [InlineData("-rlvv --ignore-existing")]
    [InlineData("-rl --info=skip2 --ignore-existing -c")]
    [InlineData("-rlv --backup --backup-dir=.kept --info=backup")]
    [InlineData("-rlv --safe-links")]
    [InlineData("-rlv --copy-unsafe-links")]
    [InlineData("-rl --info=symsafe --safe-links")]
    [InlineData("-rlv --link-dest=gone --temp-dir=deep")]
    public void What_is_said_is_what_stock_says(string options)
    {
        _directory.Symlink("src/outside", "../alt/file");
        _directory.Write("src/deep/.rules", "- /er\n");
        foreach (var name in (string[])["ours", "stock"])
        {
            _directory.Write($"{name}/file", "old");
            _directory.Write($"{name}/gone", "old");
            _directory.Write($"{name}/old/gone", "old");
            _directory.Mkdir($"{name}/deep");
        }
        // What the receiving side says comes beside the items.
        Compare(options.Split(' '), [_directory["src/"]], inOrder: false);
    }

    [Fact]
    public void Absolute_sources_keep_their_paths() => Compare(["-aR"], [_directory["src/deep"]]);

    [Fact]
    public void New_directories_have_what_their_parent_gives()
    {
        Command.Check("chmod", "g+s", _directory.Mkdir("ours"), _directory.Mkdir("stock"));
        Command.Check("setfacl", "-dm", "u::7,g::5,o:0", _directory["ours"], _directory["stock"]);
        Compare(["-rl"], [_directory["src/"]]);
    }

    [Fact]
    public void Backups_are_named_as_they_are_kept()
    {
        foreach (var name in (string[])["ours", "stock"])
        {
            _directory.Write($"{name}/file", "old");
            _directory.Mkdir($"{name}/kept");
        }
        Compare(["-ab", "--info=backup", "--backup-dir=kept"], [_directory["src/"]]);
    }

    [Theory]
    [InlineData("-ai"), InlineData("-ain"), InlineData("-ai --max-delete=1")]
    public void What_is_protected_keeps_the_directories_above_it(string options)
    {
        foreach (var name in (string[])["ours/extra/deep/er/keep", "ours/extra/deep/er/x", "ours/extra/deeper/x", "ours/extra/y"])
            _directory.Write(name, "old");
        Command.Check("cp", "-a", _directory["ours"], _directory["stock"]);
        Compare([.. options.Split(' '), "--delete", "--filter=P keep"], [_directory["src/"]], code: options.Contains("max", StringComparison.Ordinal) ? 25 : 0);
    }

    [Theory]
    [InlineData("--write-batch", true)]
    [InlineData("--write-batch", false)]
    [InlineData("--only-write-batch", true)]
    [InlineData("--only-write-batch", false)]
    public void A_batch_of_one_is_understood_by_the_other(string option, bool weWrite)
    {
        Func<IEnumerable<string>, string> writer = weWrite ? Ours : Stock, reader = weWrite ? Stock : Ours;
        _directory.Write("dst/deep/er/other", new string('y', 3000));
        _directory.Write("second/deep/er/other", new string('y', 3000));
        writer(["-aHz", $"{option}={_directory["batch"]}", _directory["src/"], _directory["dst/"]]);
        reader(["-a", $"--read-batch={_directory["batch"]}", _directory["second/"]]);
        TreeDiff.AssertSame(_directory["src"], _directory["second"]);
        if (option == "--write-batch")
            TreeDiff.AssertSame(_directory["src"], _directory["dst"]);
        else
            Assert.False(File.Exists(_directory["dst/file"]));
    }

    [Fact]
    public void The_script_beside_a_batch_repeats_it()
    {
        Ours(["-a", $"--write-batch={_directory["batch"]}", "--exclude=deep", _directory["src/"], _directory["dst/"]]);
        var script = File.ReadAllText(_directory["batch.sh"]);
        Assert.Contains($"rsync --filter=._- -a --read-batch={_directory["batch"]} ${{1:-{_directory["dst/"]}}} <<'#E#'\n- deep\n#E#\n", script, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory["batch.sh"]));
    }

    [Fact]
    public void A_program_can_stand_for_the_connection_to_a_daemon()
    {
        _directory.Write("rsyncd.conf", $"use chroot = no\nhosts allow = 127.0.0.1\n[m]\npath = {_directory["src"]}\n" + (Privileges.IsRoot ? "uid = 0\n" : ""));
        var ours = Path.Combine(AppContext.BaseDirectory, "changedfiles");
        Command.Check("env", $"RSYNC_CONNECT_PROG=test %H = nowhere.example && rsync --daemon --config={_directory["rsyncd.conf"]}",
            ours, "rsync", "-a", "rsync://nowhere.example/m/", _directory["dst/"]);
        TreeDiff.AssertSame(_directory["src"], _directory["dst"], TreeIgnore.HardLinks);
    }

    /// <summary>Destinations "ours" and "stock", which may be there already.</summary>
    private void Compare(string[] options, string[] sources, int code = 0, bool inOrder = true)
    {
        var stock = Stock([.. options, .. sources, _directory["stock/"]], code);
        var ours = Ours([.. options, .. sources, _directory["ours/"]], code);
        // A dry run makes neither.
        _directory.Mkdir("ours");
        _directory.Mkdir("stock");
        Command.Check("find", _directory["stock"], _directory["ours"], "-newermt", "2026-01-01", "-exec", "touch", "-h", "-d", "@0", "{}", "+");
        TreeDiff.AssertSame(_directory["stock"], _directory["ours"], details: TreeDetails.All);
        Assert.Equal(Lines(stock.Replace("/stock", "/ours", StringComparison.Ordinal), inOrder), Lines(ours, inOrder));
    }

    /// <summary>What is said, but for the numbers at the end.</summary>
    private static string Lines(string output, bool inOrder) => string.Join('\n', output.Split('\n')
        .OrderBy(line => inOrder ? "" : line, StringComparer.Ordinal)
        .Where(line => !(line.StartsWith("sent ", StringComparison.Ordinal) || line.StartsWith("total size", StringComparison.Ordinal)))).Trim();

    private static string Stock(IEnumerable<string> words) => Stock(words, code: 0);

    private static string Ours(IEnumerable<string> words) => Ours(words, code: 0);

    private static string Stock(IEnumerable<string> words, int code)
    {
        var done = Command.Run("rsync", words);
        Assert.True(done.ExitCode == code, done.ToString());
        return done.Output;
    }

    private static string Ours(IEnumerable<string> words, int code)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var ended = RsyncProgram.Run([.. words], new ProgramStreams(output, error), TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.True((int)ended == code, text + Encoding.UTF8.GetString(error.ToArray()));
        return text;
    }
}
