using System.Text;
using System.Text.RegularExpressions;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>What rsync's own test suite found: this program's copies against stock's, made in the same way.</summary>
public sealed partial class DropInTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public DropInTests()
    {
        _directory.Write("src/file", "some text");
        _directory.Write("src/deep/er/other", new string('x', 5000));
        _directory.Symlink("src/deep/link", "../file");
        Command.Check("ln", _directory["src/file"], _directory["src/deep/twin"]);
        Command.Check("setfattr", "-n", "user.note", "-v", "for directories too", _directory["src/deep"], _directory["src/file"]);
        Command.Check("setfacl", "-m", "u:1000:rwx,g:33:r", _directory["src/deep/er"], _directory["src/file"]);
        Command.Check("setfacl", "-d", "-m", "u:1000:rwx", _directory["src/deep"]);
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
    [InlineData("-aA -M--fake-super")]
    [InlineData("-aHi --fake-super --chmod=a=")]
    public void A_copy_is_as_stock_makes_it(string options) => Compare(options.Split(' '), [_directory["src/"]]);

    [Theory]
    [InlineData("-rl --out-format=%o|%n|%l|%c|%C")]
    [InlineData("-rlvv")]
    [InlineData("-rlz --debug=nstr --cc=md4")]
    [InlineData("-rlp --zc=zlib --zl=9 --debug=nstr --fuzzy --no-W --debug=fuzzy --exclude=.rules")]
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
            _directory.Write($"{name}/deep/twine", "some");
        }
        // What the receiving side says comes beside the items.
        Compare(options.Split(' '), [_directory["src/"]], inOrder: false);
    }

    [Fact]
    public void What_goes_wrong_is_told_as_stock_tells_it()
    {
        string[] lines =
        [
            "--foo a b", "--chmod=zz a b", "--outbuf=x a b", "--delete-before --del a b", "--compare-dest=x --copy-dest=y a b", "--zc=foo a b", "--cc=foo a b",
            "--filter=foo a b", "--filter=+ a b", "--exclude-from=/D/none a b", "--include-from=/D/none a b", "--files-from=/D/none a b", "-Mfoo a b",
            "--backup-dir= a b", "-r --usermap=a /D/src/ /D/x/", "-r --temp-dir=/D/none /D/src/ /D/alt/", "--password-file=/D/none a b", "--contimeout=5 a b",
            "host:a host:b", "a host:b host::c", "host:a b c", "--write-batch=/D/none/b -r /D/src /D/x/", "--read-batch=/D/none /D/x/", "/D/src/file /D/alt/file/",
            "-r /D/src/file /D/src/deep /D/alt/file", "-r /D/none/ /D/x/", "-r /D/none /D/x/", "-6 rsync://127.0.0.1:1/m/ /D/x/", "rsync://127.0.0.1:1/",
            "--sockopts=nonsense rsync://127.0.0.1:1/m /D/x", "/D/src/file /D/alt/file/x", "-r --link-dest=/D/none /D/src/ /D/alt/",
            "--timeout x a b", "-@x a b", "--link-dest=/D/src/file -r /D/src/ /D/alt/", "-b --backup-dir=/D/src/file -r /D/src/ /D/alt/", "--config=x",
            "--temp-dir=/D/src/file -r /D/src/ /D/alt/", "--partial-dir=/D/src/file/x -r /D/src/ /D/x/", "--read-batch=/D/src /D/x/", "--files-from=x:y /D/src /D/x/",
            "--read-batch=/D/src/file /D/x/", "-r /D/src/ /D/alt/file/", "-r /D/no\nne /D/x/", "--filter=._/D/no/../src/none /D/src/ /D/x", "--exclude-from=/D/src /D/src/file /D/x/",
            "rsync://127.0.0.1:/m/ /D/x/", "rsync://127.0.0.1:0/m/ /D/x/", "rsync://127.0.0.1:65536/m/ /D/x/", "-4 --address=::1 rsync://127.0.0.1:1/m/ /D/x/",
            "--use-qsort a b", "-r -e /D/none --files-from=/D/none host:a /D/x/", "-r --files-from=/D/none /D/src/ rsync://127.0.0.1:1/m/",
        ];
        foreach (var line in lines)
            CompareErrors(line.Replace("/D/", _directory.Path + "/", StringComparison.Ordinal).Split(' '));
    }

    [Theory]
    [InlineData("-rliD")]
    [InlineData("-rlip")]
    [InlineData("-rlogiD --fake-super")]
    [InlineData("-rlpogiD --fake-super")]
    public void What_takes_the_place_of_another_kind_has_the_permissions_that_stock_gives_it(string options)
    {
        Command.Check("mkfifo", _directory["src/fifo"]);
        _directory.Symlink("src/soft", "file");
        foreach (var name in (string[])["ours", "stock"])
        {
            foreach (var file in (string[])["fifo", "soft"])
            {
                _directory.Write($"{name}/{file}", "x");
                Command.Check("chmod", "646", _directory[$"{name}/{file}"]);
            }
            _directory.Symlink($"{name}/file", "soft");
        }
        Compare(options.Split(' '), [_directory["src/"]]);
    }

    [Fact]
    public void Of_similar_files_with_the_same_size_and_time_the_first_is_taken()
    {
        _directory.Write("new/unlike", "some text");
        Command.Check("touch", "-d", "@1700000000", _directory["new/unlike"]);
        foreach (var name in (string[])["ours", "stock"])
        {
            foreach (var letter in "fejhdcg")
                _directory.Write($"{name}/{letter}", "text some");
            Command.Check("find", _directory[name], "-type", "f", "-exec", "touch", "-d", "@1700000000", "{}", "+");
        }
        Compare(["-rt", "--no-W", "--fuzzy", "--debug=fuzzy"], [_directory["new/"]]);
    }

    [Fact]
    public void The_file_that_stands_for_a_link_has_permissions()
    {
        _directory.Mkdir("links");
        _directory.Symlink("links/soft", "file");
        Compare(["--fake-super", "-ilog"], [_directory["links/soft"]]);
        Compare(["--fake-super", "-ilog"], [_directory["links/soft"]]);
        Compare(["--fake-super", "-ilpog"], [_directory["links/soft"]]);
    }

    [Theory]
    [InlineData("-r")]
    [InlineData("-rI")]
    [InlineData("-rI --inplace")]
    public void What_is_the_destination_itself_is_not_removed_as_a_source(string options)
    {
        Command.Check("rm", _directory["src/deep/link"]);
        _directory.Symlink("too", "src");
        CompareErrors([.. options.Split(' '), "--remove-source-files", _directory["src/"], _directory["too/"]]);
        Assert.Equal("some text", _directory.Read("src/file"));
        Assert.Equal(5000, _directory.Read("src/deep/er/other").Length);
    }

    [Theory]
    [InlineData("-rk")]
    [InlineData("-rL")]
    [InlineData("-rkR")]
    public void A_source_is_removed_through_links_that_stay_beside_it(string options)
    {
        Assert.Equal(Removed(words => Stock(words, code: 23)), Removed(words => Ours(words, code: 23)));

        string Removed(Func<string[], string> run)
        {
            _directory.Write("far/file", "far");
            _directory.Write("near/dir/file", "near");
            _directory.Write("near/last", "near");
            foreach (var (link, target) in (ReadOnlySpan<(string, string)>)[("aside", "dir"), ("inside", "dir/../aside"), ("out", "../far"), ("root", _directory["far"])])
                Command.Check("ln", "-sfn", target, _directory["near/" + link]);
            var said = run([options, "--remove-source-files", _directory["./near/"], _directory["to/"]]);
            return said + Command.Check("find", _directory["near"], _directory["far"], "-type", "f").Output;
        }
    }

    [Fact]
    public void A_kept_link_to_a_directory_does_not_lead_out_of_the_destination()
    {
        _directory.Mkdir("kept");
        _directory.Mkdir("ours");
        _directory.Symlink("ours/deep", "../kept");
        Ours(["-rlK", _directory["src/"], _directory["ours/"]], code: 23);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["kept"]));
        Assert.Equal("some text", _directory.Read("ours/file"));
    }

    [Fact]
    public void A_link_on_the_way_is_kept_when_the_way_is_not_sent()
    {
        foreach (var name in (string[])["ours", "stock"])
        {
            _directory.Mkdir($"{name}/real");
            _directory.Symlink($"{name}/deep", "real");
        }
        Compare(["-aR", "--no-implied-dirs"], [_directory["src/./deep/er/other"], _directory["src/./file"]]);
        Assert.True(File.Exists(_directory["ours/real/er/other"]));
    }

    [Fact]
    public void Directories_that_nobody_sends_are_made()
    {
        _directory.Write("list", "deep/er/other\nfile\n");
        Compare(["-t", "--no-implied-dirs", $"--files-from={_directory["list"]}"], [_directory["src/"]]);
        Assert.True(File.Exists(_directory["ours/deep/er/other"]));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void What_an_interrupted_run_left_of_its_delayed_updates_goes_with_the_next(bool isUpToDate)
    {
        foreach (var name in (string[])["ours", "stock"])
        {
            if (isUpToDate)
                Command.Check("rsync", "-a", _directory["src/"], _directory[$"{name}/"]);
            _directory.Write($"{name}/deep/er/.~tmp~/other", "xxx");
        }
        Compare(["-a", "--delay-updates", "--delete"], [_directory["src/"]]);
        Assert.False(Directory.Exists(_directory["ours/deep/er/.~tmp~"]));
    }

    [Fact]
    public void Links_that_lead_out_are_no_backups_with_safe_links()
    {
        foreach (var name in (string[])["ours", "stock"])
        {
            _directory.Mkdir(name);
            _directory.Symlink($"{name}/file", "../../out");
            _directory.Symlink($"{name}/gone", "../out");
            _directory.Symlink($"{name}/kept", "deep");
        }
        Compare(["-rlbvv", "--safe-links", "--delete"], [_directory["src/"]], inOrder: false);
        Assert.False(File.Exists(_directory["ours/file~"]));
    }

    [Fact]
    public void Directories_without_rights_keep_being_without_them()
    {
        Assert.SkipWhen(Privileges.IsRoot, "needs an ordinary user");
        Command.Check("chmod", "500", _directory["src/deep/er"], _directory["src/deep"]);
        Compare(["-a"], [_directory["src/"]]);
        Command.Check("chmod", "-R", "u+rwx", _directory.Path);
    }

    [Theory]
    [InlineData("INT", "", 20, ""), InlineData("USR1", "", 19, ""), InlineData("TERM", "--partial", 20, "other"), InlineData("HUP", "--delay-updates", 20, ".~tmp~/other")]
    [InlineData("QUIT", "", 131, ""), InlineData("USR2", "", 0, "")]
    public void A_job_in_the_background_can_be_interrupted_and_output_that_nobody_takes_is_lost(string signal, string option, int code, string left)
    {
        var ours = ProgramRun.Path;
        _directory.Mkdir("dst");
        _directory.Write("large/other", new string('x', 20_000_000));
        var run = Command.Run("sh", "-c", $"""
            {ours} rsync --version >/dev/full || exit 1
            ulimit -c 0
            {(signal == "QUIT" ? "env --default-signal=QUIT" : "")} {ours} rsync -a --whole-file --bwlimit=1000 {option} {_directory["large/"]} {_directory["dst/"]} & p=$!
            until [ -n "$(find {_directory["dst"]} -size +0 -type f)" ]; do sleep 0.02; done
            kill -{signal} $p; wait $p; exit $?
            """);
        Assert.Equal(code, run.ExitCode);
        Assert.Equal(left, Command.Check("find", _directory["dst"], "-type", "f", "-printf", "%P").Output);
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
    [InlineData("", 11), InlineData("--inplace", 23), InlineData("--inplace --no-W", 23), InlineData("--delay-updates", 23), InlineData("--copy-dest=../new", 11)]
    [InlineData("--delete", 23, "other"), InlineData("--delete", 23, "file/in")]
    public void What_cannot_be_kept_as_a_backup_stays(string options, int code, string name = "file")
    {
        _directory.Write($"new/{name}", "new text");
        foreach (var run in (Func<IEnumerable<string>, int, string>[])[Stock, Ours])
        {
            _directory.Write("dst/file", "old");
            // With it the name would be too long.
            var suffix = "--suffix=" + new string('x', 253);
            run(["-rtb", suffix, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), _directory["new/"], _directory["dst/"]], code);
            Assert.Equal("old", _directory.Read("dst/file"));
        }
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
        // A rule cannot bring commands into it.
        Ours(["-a", $"--write-batch={_directory["batch"]}", "--filter=- deep\n#E#\ntouch here", _directory["src/"], _directory["dst/"]], code: 1);
        Assert.DoesNotContain("touch", File.ReadAllText(_directory["batch.sh"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_can_stand_for_the_connection_to_a_daemon()
    {
        _directory.Write("rsyncd.conf", $"use chroot = no\nhosts allow = 127.0.0.1\n[m]\npath = {_directory["src"]}\n" + (Privileges.IsRoot ? "uid = 0\n" : ""));
        var ours = ProgramRun.Path;
        Command.Check("env", $"RSYNC_CONNECT_PROG=test %H = nowhere.example && rsync --daemon --config={_directory["rsyncd.conf"]}",
            ours, "rsync", "-a", "rsync://nowhere.example/m/", _directory["dst/"]);
        TreeDiff.AssertSame(_directory["src"], _directory["dst"], TreeIgnore.HardLinks);
    }

    [Theory]
    [InlineData("-rF", ": ../secret\n", "<rule from a file read earlier>")]
    [InlineData("-rF", "nonsense\n", ".rsync-filter line 1>")]
    [InlineData("-r --filter=._/D/src/.rsync-filter", ". /D/secret\n", "<rule from a file named at /D/src/.rsync-filter line 1>")]
    [InlineData("-rF", ". .rsync-filter\n", "merge-file include depth limit (32) exceeded")]
    public void What_stands_in_a_file_of_rules_is_not_told(string options, string rules, string told)
    {
        string Here(string text) => text.Replace("/D", _directory.Path, StringComparison.Ordinal);
        _directory.Write("secret", "a password");
        _directory.Write("src/.rsync-filter", Here(rules));
        foreach (var program in (string[][])[[], [ProgramRun.Path]])
        {
            var done = Command.Run("env", [.. program, "rsync", .. Here(options).Split(' '), _directory["src/"], _directory["dst/"]]);
            Assert.Contains(Here(told), done.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("password", done.Error, StringComparison.Ordinal);
            Assert.NotEqual(0, done.ExitCode);
        }
    }

    [Theory]
    [InlineData("65534", 0), InlineData("65534:100", 0), InlineData("nobody-there", 1), InlineData("0:nobody-there", 1)]
    public void Files_are_copied_as_another_user(string user, int code)
    {
        Privileges.NeedsRoot();
        Command.Check("chmod", "-R", "a+rX", _directory.Path);
        foreach (var (name, program) in ((string, string[])[])[("stock", []), ("ours", [ProgramRun.Path])])
        {
            Command.Check("chown", "65534", _directory.Mkdir(name));
            // A process of its own: it cannot become root again.
            var done = Command.Run("env", [.. program, "rsync", "-a", $"--copy-as={user}", "--exclude=other", _directory["src/"], _directory[name]]);
            Assert.True(done.ExitCode == code, done.ToString());
        }
        if (code == 0)
            TreeDiff.AssertSame(_directory["stock"], _directory["ours"]);
        else
            Assert.Empty(Directory.GetFileSystemEntries(_directory["ours"]));
    }

    [Fact]
    public void A_hosts_name_is_no_command()
    {
        var ours = ProgramRun.Path;
        var done = Command.Run("env", "RSYNC_CONNECT_PROG=sh -c 'echo %H'", ours, "rsync", "rsync://x;false;#/m/");
        Assert.Equal(10, done.ExitCode);
        Assert.Contains("unsafe host characters for RSYNC_CONNECT_PROG", done.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(14, "-e", "/no/such/shell", "src/file", "h:to")]
    [InlineData(12, "--files-from=src", "src", "to")]
    [InlineData(11, "-I", "-b", "--backup-dir=/proc/none", "src/file", "alt/file")]
    [InlineData(0, "--partial-dir=/proc/none", "--delay-updates", "src/file", "to/")]
    public void What_cannot_be_used_ends_with_stocks_code(int code, params string[] words)
    {
        foreach (var program in (string[])["rsync", $"{ProgramRun.Path} rsync"])
        {
            var ended = Command.Run("sh", "-c", $"cd {_directory.Path}; exec {program} {string.Join(' ', words)}").ExitCode;
            // Stock's is 12 when it notices first that nobody is there.
            Assert.Equal(code, code == 14 && program == "rsync" && ended == 12 ? 14 : ended);
        }
    }

    [Fact]
    public void A_remote_shell_that_ends_in_the_middle_says_by_its_code_why()
    {
        _directory.Write("shell", "#!/bin/sh\nshift; exec 3<&0\nsh -c \"exec $*\" <&3 & sleep 1; kill -KILL $!; exit 77\n");
        Command.Check("chmod", "+x", _directory["shell"]);
        Ours(["-r", "--bwlimit=1", "-e", _directory["shell"], "--rsync-path=rsync", $"host:{_directory["src/"]}", _directory["ours/"]], code: 77);
    }

    [Fact]
    public void A_password_file_has_a_password()
    {
        _directory.Write("conf", $"use chroot = no\n[m]\npath = {_directory["src"]}\nauth users = me\nsecrets file = {_directory["none"]}\n");
        _directory.Write("empty", "");
        Command.Check("chmod", "600", _directory["empty"]);
        foreach (var program in (string[][])[[], [ProgramRun.Path]])
        {
            var done = Command.Run("env", [$"RSYNC_CONNECT_PROG=rsync --daemon --config={_directory["conf"]}", .. program, "rsync",
                $"--password-file={_directory["empty"]}", "rsync://me@nowhere.example/m/", _directory["dst/"]]);
            Assert.Equal(1, done.ExitCode);
            Assert.StartsWith($"ERROR: failed to read a password from {_directory["empty"]}\n", done.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--progress"), InlineData("-P"), InlineData("--progress", "--info=name0"), InlineData("-q", "--progress")]
    public void A_new_destination_is_told(params string[] options)
    {
        IEnumerable<string> Told(Func<IEnumerable<string>, string> run) => run(["-rln", .. options, _directory["src/"], _directory["new/"]]).Split('\n').Order();
        Assert.Equal(Told(Stock), Told(Ours));
    }

    [Theory]
    [InlineData("src/file", "x/y/z"), InlineData("src/deep", "x/y/")]
    public void Paths_that_a_dry_run_would_make_are_told(string source, string destination)
    {
        string Told(Func<IEnumerable<string>, string> run) => run(["-rin", "--mkpath", _directory[source], _directory[destination]]);
        Assert.Equal(Told(Stock), Told(Ours));
    }

    [Theory]
    [InlineData("-ai"), InlineData("-avn"), InlineData("-ri --no-i-r --delete-before"), InlineData("-div"), InlineData("-ai --delete --mkpath", "x/er")]
    [InlineData("-ai", "new", "/"), InlineData("-ai --exclude=other"), InlineData("-ai", "new/")]
    public void A_directory_with_nothing_in_it_takes_a_new_name(string options, string name = "new", string contents = "")
    {
        foreach (var (place, run) in ((string, Func<IEnumerable<string>, string>)[])[("stock", Stock), ("ours", Ours)])
        {
            _directory.Write($"{place}/er/stays", "has the name, but not the place, of what is copied");
            _directory.Write($"{place}.txt", run([.. options.Split(' '), "--exclude=twin", _directory["src/deep/er"] + contents, _directory[$"{place}/{name}"]]));
            // What is new has the time of now where times are not copied.
            Command.Check("find", _directory[place], "-newermt", "2026-01-01", "-exec", "touch", "-d", "@0", "{}", "+");
        }
        TreeDiff.AssertSame(_directory["stock"], _directory["ours"], details: TreeDetails.All);
        Assert.Equal(Lines(_directory.Read("stock.txt").Replace("/stock", "/ours", StringComparison.Ordinal), inOrder: true),
            Lines(_directory.Read("ours.txt"), inOrder: true));
    }

    [Fact]
    public void Interrupted_files_have_a_time_that_never_was_and_the_open_line_of_progress_is_ended()
    {
        _directory.Write("large/other", new string('x', 20_000_000));
        Command.Check("touch", "-d", "@1700000000.789", _directory["large/other"]);
        foreach (var (times, time) in ((string, string)[])[("--times", "0.7890000000"), ("--no-times", "1.*")])
        {
            var run = Command.Run("sh", "-c", $"""
                cd {_directory.Path}; rm -rf dst output; mkdir dst
                {ProgramRun.Path} rsync -r --whole-file --bwlimit=1000 --partial {times} --info=progress large/ dst/ >output 2>error & p=$!
                until [ -s output ]; do sleep 0.02; done
                kill -INT $p; wait $p; cat output; find dst -type f -printf "%P %T@\n"
                """);
            Assert.Matches($@"\r[^\n]*\nother {time}\n$", run.Output);
            Assert.StartsWith("rsync error: ", _directory.Read("error"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Directories_above_listed_names_are_counted_as_often_as_stock_lists_them()
    {
        _directory.Write("list", "deep/er/other\nfile\n/deep/twin\nalt/\n./deep/link\ndeep/er/other\nsecond/one\ndeep/twin\n");
        _directory.Write("src/second/one", "one");
        string Counted(Func<IEnumerable<string>, string> run) =>
            run(["-ln", "--stats", "--ignore-missing-args", $"--files-from={_directory["list"]}", _directory["src/"], _directory["dst/"]]).Split('\n')[1];
        Assert.Contains("dir: 5", Counted(Stock), StringComparison.Ordinal);
        Assert.Equal(Counted(Stock), Counted(Ours));
    }

    [Fact]
    public void What_a_list_names_twice_is_counted_twice_by_a_receiver()
    {
        _directory.Write("list", "deep/er/other\nfile\ndeep/er/other\nfile\n");
        _directory.Write("shell", "#!/bin/sh\nshift\nexec \"$@\"\n");
        Command.Check("chmod", "+x", _directory["shell"]);
        string Counted(Func<IEnumerable<string>, string> run) => run(
            ["-an", "--stats", $"--files-from={_directory["list"]}", "-e", _directory["shell"], $"host:{_directory["src/"]}", _directory["dst/"]]).Split('\n')[1];
        Assert.Contains("reg: 4", Counted(Stock), StringComparison.Ordinal);
        Assert.Equal(Counted(Stock), Counted(Ours));
    }

    [GeneratedRegex(@" at \S+( \(\d+\))? \[")]
    private static partial Regex PlaceInSource();

    /// <summary>One line after the other: exit code, and what is complained about.</summary>
    private static void CompareErrors(string[] words)
    {
        var stock = Command.Run("rsync", words);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var code = RsyncProgram.Run(words, new ProgramStreams(output, error), TestContext.Current.CancellationToken);
        var line = string.Join(' ', words);
        Assert.Equal($"{line}: {stock.ExitCode}\n{Sorted(stock.Error)}", $"{line}: {(int)code}\n{Sorted(Encoding.UTF8.GetString(error.ToArray()))}");

        static string Sorted(string text) =>
            string.Join('\n', PlaceInSource().Replace(text, " at X [").Split('\n').Order(StringComparer.Ordinal));
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
