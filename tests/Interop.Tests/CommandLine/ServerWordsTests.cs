using System.Text;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>The words we start a server with are those of stock 3.5.0, for every option, as sender and as receiver.</summary>
public sealed class ServerWordsTests : IDisposable
{
    private static readonly string[] OptionSets =
    [
        "-r", "-a", "-rd", "-d", "-r --no-d", "-a --no-r", "-dR --delete", "-d --delete", "-d --delete-excluded", "-ad --delete",
        "-a --del --no-r --dirs", "-a --del --no-dirs", "--old-dirs", "-ra --old-d", "-a --no-r --delete", "--delete", "-R",
        "-R --no-implied-dirs", "--no-implied-dirs", "-R --no-i-d", "--no-implied-dirs --i-d -R",
        "-aL", "-aKkmOJy", "-ayy", "-ayy --link-dest=x", "-ayy --link-dest=x --link-dest=y/z", "--compare-dest=/x/", "--copy-dest=",
        "-aE", "-rlE", "-aA --no-p", "-A", "-A --no-A", "-aX", "-aXX", "-XX --no-X", "-aH", "-aHH", "-HH --no-H", "-aU", "-aUU", "-aUU --no-U",
        "-a --open-noatime", "-ax", "-axx", "-xx --no-x", "-a --no-D", "-a --no-specials", "-a --no-devices", "--specials", "--devices",
        "-a --super", "-a --no-super", "-aX --fake-super", "--fake-super -XX", "--drop-D", "-c --no-c", "-ac", "-C", "-I", "-u", "-nn", "-W", "--no-W",
        "-aS --inplace", "-aS --inplace --no-W", "-aWS --inplace", "--append", "--append-verify", "--append --append", "--append-verify --append",
        "--append --append-verify", "--append -W", "--append --no-append", "--append --no-inplace", "--append --inplace", "--write-devices",
        "--write-devices --no-inplace", "--write-devices --no-write-devices", "--copy-devices", "--preallocate", "--mkpath", "--fsync",
        "--remove-source-files", "--remove-sent-files", "--remove-sent-files --remove-source-files", "--qsort",
        "-a --no-i-r", "-a --i-r --no-i-r --inc-recursive", "--i-r",
        "-a --size-only --ignore-errors --force --max-delete=5 --delete-during", "--force --no-force --ignore-errors --no-ignore-errors",
        "-a --max-delete=0", "-a --delete --max-delete=-1", "-r --delete-before", "-r --delete-after", "-r --delete-delay", "-r --delete",
        "-r --delete-delay --delete-during", "-r --delete-during --delete-delay", "-r --delete-before --delete-after", "-r --del --delete-after",
        "-r --delete --delete-after", "-r --delete-excluded", "-r --delete-excluded --delete", "-r --delete-excluded --delete-after",
        "--partial-dir=pd --delay-updates", "--delay-updates", "--partial-dir=pd", "--partial-dir=pd --partial", "--partial-dir=", "--partial-dir=.",
        "--partial-dir=/x/", "--partial", "-P", "--partial --no-partial", "-P --partial-dir=x --no-partial", "--inplace --partial",
        "--inplace --partial-dir=x", "--append --delay-updates", "--delay-updates --no-delay-updates", "-r --delay-updates",
        "-b", "-b --backup-dir=bd", "--backup-dir=bd", "--backup-dir=bd/ --suffix=.o", "--suffix=.o", "-b --suffix=~", "-b --suffix=", "-b --no-backup",
        "--suffix= --backup-dir=x -b", "-b --suffix=a/b", "--backup-dir=x --no-backup", "-T tt/", "-Ttt", "-T=tt", "--temp-dir=",
        "--numeric-ids --usermap=a:b --groupmap=c:d", "--chown=u:g", "--chown=u", "--chown=:g", "--chown=:", "--chown=a:b --no-o", "--usermap=",
        "--chown=a:b --usermap=x:y", "--usermap=x:y --chown=a:b", "--usermap=x:y --usermap=x:y", "--chown=a --chown=b", "--existing --ignore-existing",
        "--ignore-non-existing", "--delete-missing-args", "--ignore-missing-args", "--ignore-missing-args --delete-missing-args",
        "--checksum-seed=5", "--checksum-seed=0", "--checksum-seed=-1", "-@-1", "-@=5", "--modify-window=-3", "-@ 2", "-B=700", "-aB700", "-B 1.5k", "-B0",
        "--timeout=-1", "--timeout=010", "--timeout=0x10", "--timeout=5 --no-timeout", "--timeout=abc", "--timeout=99999999999",
        "--bwlimit=1", "--bwlimit=1.5m", "--bwlimit=600b", "--bwlimit=1MB", "--bwlimit=100b", "--bwlimit=0", "--bwlimit=5 --no-bwlimit",
        "--max-size=1.5m", "--max-size=1.5mb-1", "--max-size=0", "--max-size=2x", "--max-size=99999p", "--max-size=-1", "--min-size=10k --max-size=5",
        "--block-size=131073", "--max-alloc=2g", "--max-alloc=1g", "--max-alloc=0", "--max-alloc=1", "--copy-unsafe-links --safe-links --munge-links",
        "-z", "-zz", "-zzz", "-z --no-z", "--zl=3", "-z --zl=0", "--zl=3 --no-z", "-z --zc=zlib", "-z --zc=zlibx", "--zc=zstd", "-z --zc=LZ4",
        "-z --zc=none", "-z --zc=auto", "--zc=zlib --zl=0", "--old-compress", "-z --new-compress", "--zc=lz4 --no-z", "--zc=foo", "--zc=",
        "-z --zt=3 --skip-compress=gz/jpg", "--cc=md5", "--cc=auto", "--cc=md5,auto", "--cc=auto,md5", "--cc=md5,md4", "--cc=none", "--cc=none,md5",
        "--cc=xxhash", "--cc=XXH64", "--cc=foo", "--cc=md5,foo", "--cc=",
        "-v", "-vv", "-vvvvvvvvvvvv", "-vv --no-v", "-q", "-q -v", "--stats", "-i", "-ii", "-iv", "-ii --no-i", "-i --progress", "--progress", "-vP",
        "--out-format=%i", "--out-format=%i%I", "--out-format=%o", "--out-format=", "--out-format=x", "--out-format=x -v", "--out-format=%-10i",
        "--out-format=%'i", "--out-format=%%i", "-iv --out-format=%n", "-ii --out-format=%i", "-ii --out-format=%n", "--log-format=%n",
        "--stderr=all -q", "--stderr=c -q", "--stderr=e", "--msgs2stderr", "--no-msgs2stderr", "--stderr=x",
        "--info=name", "--info=name2,del", "--info=NAME,", "--info=none", "--info=all", "--info=all9", "--info=none,del", "--info=all2,name1,flist0",
        "-v --info=none", "-v --info=name0", "-vv --info=name1", "--info=stats0 --stats", "--info=progress2", "--progress --info=name0", "--info=backup,copy0",
        "--info=mount,misc2,nonreg0,remove,skip,symsafe2,flist2", "--info=backup,copy,del,misc,mount,name2,nonreg2,skip2,stats2,symsafe2",
        "--info=backup0,copy,del2,misc2,mount,name2,nonreg0,skip0,stats,symsafe2", "--info=misc2,mount2,name2,remove2,stats,symsafe0", "--info=foo",
        "--info=1", "--info=name-1", "--debug=all4", "--debug=foo", "-M--foo -M-x --remote-option=--bar=1", "-M foo", "--list-only", "-a --list-only",
        "--files-from=list", "-a --files-from=list", "-ar --files-from=list", "-a --files-from=list --no-R", "-a --files-from=list --no-d",
        "-a --files-from=list -0", "-a --files-from=:list", "-a --files-from=:list -0", "-a --files-from=h:list", "-a --files-from=x:list",
        "-a --files-from=:list --no-R", "-4", "--blocking-io", "--trust-sender",
        "--protocol=30 -a", "--protocol=31 -a", "--secluded-args --old-args", "--iconv=-", "--no-iconv", "--outbuf=L", "--outbuf=X",
        "--password-file=x", "--contimeout=3", "--confine-root=x", "--insecure-links --confine-root=/", "--foo", "-Q", "-aQ", "--arch", "--archive=x", "--no-foo",
        "--no-archive", "--chmod=u+x", "--chmod=u", "--stop-after=5", "--stop-after=0", "--stop-at=x", "--stop-at=2020-01-01T00:00", "-N", "-a -N --no-N",
        "--compare-dest=x --link-dest=y", "-8h", "-hhh", "--human-readable", "--port=5", "--early-input=x", "-avzP", "-rlptgoDn", "-aHAXxS", "-auv --delete",
        "-F -F", "--exclude=x -f -_y", "--no-hard-links --no-one-file-system --no-whole-file --no-checksum --no-fuzzy --no-compress --no-sparse",
        "--no-links --no-relative --no-perms --no-times --no-atimes --no-omit-dir-times --no-omit-link-times --no-owner --no-group --no-prune-empty-dirs",
    ];

    private readonly StockWords _stock = new();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var set in OptionSets)
            {
                data.Add(set, "src h:/d");
                data.Add(set, "h:/x dd");
            }
            return data;
        }
    }

    [Fact]
    public void Every_option_makes_the_words_or_the_error_that_stock_makes()
    {
        var differences = new List<string>();
        foreach (var (options, paths) in Cases.Select(row => row.Data))
        {
            string[] words = [.. options.Split(' '), .. paths.Split(' ')];
            if (Difference(words) is { } difference)
                differences.Add($"{string.Join(' ', words)}\n{difference}");
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData("-a|src|h:/a b*")]
    [InlineData("-a|h:/a b*|h:c?[x]|:-z|dd")]
    [InlineData("-a|src|u@h:~/x")]
    [InlineData("-a|h:~/x|dd")]
    [InlineData("-a|h:~|dd")]
    [InlineData("-aR|h:~joe|dd")]
    [InlineData("-a|--trust-sender|h:~joe|dd")]
    [InlineData("-a|src|h:~")]
    [InlineData("-a|src|h:")]
    [InlineData("-a|h:|:|h:y|dd")]
    [InlineData("-a|src|h:a\\b\\*c")]
    [InlineData("-a|src|h:a\tb\r#;&<>(){}\"'`$!")]
    [InlineData("-a|--suffix=a b*'\\|src|h:/d")]
    [InlineData("-a|--backup-dir=a*b c|--temp-dir=[x]{y}|src|h:/d")]
    [InlineData("-a|--rsync-path=my rsync --x|src|h:/d")]
    [InlineData("-a|-M--x=a b*|src|h:/d")]
    [InlineData("-a|--old-args|--backup-dir=a b|h:a b|dd")]
    [InlineData("-a|--old-args|--old-args|--backup-dir=a b|h:a b|dd")]
    [InlineData("-a|--old-args|src|h:-x")]
    [InlineData("-as|--backup-dir=a b|-M--foo|src|h:a b")]
    [InlineData("-a|src|[::1]:p")]
    [InlineData("-a|src|u@[fe80::1%eth0]:p")]
    [InlineData("-a|src|u@v@h:p")]
    [InlineData("-a|src|:p")]
    [InlineData("-a|src|http://h/m")]
    [InlineData("-a|src|rsync://h:x/m")]
    [InlineData("-a|src|u@h::m/p")]
    [InlineData("-a|src|rsync://u@h:99/m/p")]
    [InlineData("-a|src|rsync://[::1]/m/p")]
    [InlineData("src|a/b|c:d|h:p")]
    [InlineData("a:b|c:d|dd")]
    [InlineData("a:b|::d|dd")]
    [InlineData("a:b|src|dd")]
    [InlineData("src|a:b|dd")]
    [InlineData("u@a:b|a:c|dd")]
    [InlineData("u@a:b|u@a:c|:d|dd")]
    [InlineData("rsync://a:7/b|rsync://a:8/c|dd")]
    [InlineData("a:b|c:d")]
    [InlineData("--|-h:p|dd")]
    [InlineData("--|-x|h:p")]
    [InlineData("|src|h:p")]
    [InlineData("h:p")]
    [InlineData("-a|h:p")]
    [InlineData("-v|--list-only|h:p")]
    [InlineData("--no-dirs|h:p")]
    [InlineData("-a|src|h:/d|--delete|h:/e")]
    public void Paths_and_hosts_are_taken_as_stock_takes_them(string words) => Assert.Null(Difference(words.Split('|')));

    [Theory]
    [InlineData("RSYNC_PARTIAL_DIR=/e/", "-a --partial")]
    [InlineData("RSYNC_PARTIAL_DIR=/e/", "-a")]
    [InlineData("RSYNC_PARTIAL_DIR=/e/", "-a --delay-updates")]
    [InlineData("RSYNC_PARTIAL_DIR=/e/", "-a --partial --inplace")]
    [InlineData("RSYNC_OLD_ARGS=1", "-a --suffix=*")]
    [InlineData("RSYNC_OLD_ARGS=2", "-a --suffix=*")]
    [InlineData("RSYNC_OLD_ARGS=0", "-a --suffix=*")]
    [InlineData("RSYNC_OLD_ARGS=1", "-a --no-old-args --suffix=*")]
    [InlineData("RSYNC_OLD_ARGS=1", "-as --suffix=*")]
    [InlineData("RSYNC_PROTECT_ARGS=1", "-a")]
    [InlineData("RSYNC_PROTECT_ARGS=0", "-a")]
    [InlineData("RSYNC_PROTECT_ARGS=1", "-a --no-s")]
    [InlineData("RSYNC_MAX_ALLOC=2g", "-a")]
    [InlineData("RSYNC_RSH=never", "-a")]
    public void The_environment_stands_in_for_options(string variable, string options) =>
        Assert.Null(Difference([.. options.Split(' '), "src", "h:a b"], variable));

    [Theory]
    [InlineData("{0} -x 'a b' \"c d\" e''f")]
    [InlineData("{0} 'it''s' \"q\"\"r\" 'a\"b'  x")]
    [InlineData("{0} -l joe")]
    [InlineData("{0} 'open")]
    public void The_remote_shell_command_is_split_as_stock_splits_it(string format)
    {
        var command = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, _stock.Shell);
        Assert.Null(Difference(["-a", "-e", command, "src", "u@h:/d"]));
    }

    [Theory]
    [InlineData("-a|src|127.0.0.1::mod")]
    [InlineData("-a|src|127.0.0.1::mod/a b*")]
    [InlineData("-a|--suffix=a b*|127.0.0.1::mod/x y|::mod/z|127.0.0.1::mod|dd")]
    [InlineData("-a|127.0.0.1::mod/a mod/b|dd")]
    [InlineData("-as|--suffix=a b|127.0.0.1::mod/x mod/y|dd")]
    [InlineData("-as|src|127.0.0.1::mod")]
    [InlineData("127.0.0.1::mod")]
    [InlineData("-a|--old-args|--old-args|--suffix=a b|src|127.0.0.1::mod/a b")]
    [InlineData("-a|127.0.0.1::-mod/x|dd")]
    public void A_daemon_gets_the_same_bytes(string line)
    {
        string[] words = ["--port=PORT", .. line.Split('|')];
        var stock = _stock.OfDaemon(words);
        var invocation = Parse([.. words.Select(word => word.Replace("PORT", "1", StringComparison.Ordinal))]);
        var server = invocation.ServerWords;
        var module = invocation.Remote!.Module;
        byte[] ours = [.. ServerArguments.Encode(server.ForDaemon(module, invocation.RemotePaths))];
        if (server.IsSecluded)
            ours = [.. ours, .. ServerArguments.Encode(server.Secluded(invocation.RemotePaths, module))];
        Assert.Equal(Encoding.UTF8.GetString(stock), Encoding.UTF8.GetString(ours));
    }

    [Theory]
    [InlineData("-as|--backup-dir=a b|-M--foo=x y|src|h:a b")]
    [InlineData("-as|h:a*|:-b|h:|dd")]
    public void Secluded_arguments_come_first_on_the_connection(string line)
    {
        var words = line.Split('|');
        _stock.OfShell(words);
        var invocation = Parse(words);
        var ours = ServerArguments.Encode(invocation.ServerWords.Secluded(invocation.RemotePaths));
        var stock = _stock.Input;
        Assert.Equal(Encoding.UTF8.GetString(ours), Encoding.UTF8.GetString(stock.AsSpan(0, Math.Min(ours.Length, stock.Length))));
    }

    public void Dispose() => _stock.Dispose();

    /// <summary>Null when we do what stock does with these words: start the same server, or end with the same code.</summary>
    private string? Difference(string[] words, string? environment = null)
    {
        var (expected, run) = _stock.OfShell(words, environment);
        try
        {
            var invocation = Parse(["-e", _stock.Shell, .. words], environment);
            if (invocation.Remote is null)
                return expected is null ? null : $"  stock: {string.Join('|', expected)}\n  ours is local";
            var ours = RemoteShellCommand.Words(
                invocation.Connection.Rsh, invocation.Connection.RsyncPath, invocation.Connection.IPVersion,
                invocation.Remote, invocation.ServerWords.ForShell(invocation.RemotePaths));
            if (expected is null)
                return $"  stock: {run.ExitCode} {FirstLine(run)}\n  ours:  {string.Join('|', ours)}";
            return expected.SequenceEqual(ours.Skip(1)) ? null : $"  stock: {string.Join('|', expected)}\n  ours:  {string.Join('|', ours.Skip(1))}";
        }
        catch (RsyncException e)
        {
            return expected is null && (int)e.ExitCode == run.ExitCode && IsSaid(run, e.Message)
                ? null
                : $"  stock: {(expected is null ? $"{run.ExitCode} {FirstLine(run)}" : string.Join('|', expected))}\n  ours:  {(int)e.ExitCode} {e.Message}";
        }
    }

    /// <summary>Our reason is stock's reason, word for word; without paths stock shows its help page.</summary>
    private static bool IsSaid(Command run, string message) =>
        run.Error.Contains(message, StringComparison.Ordinal) || run.Error.StartsWith("rsync  version", StringComparison.Ordinal);

    private static string FirstLine(Command run) => (run.Error + run.Output).Split('\n')[0];

    private static RsyncInvocation Parse(IReadOnlyList<string> words, string? environment = null) =>
        RsyncCommandLine.Parse(words, name => environment?.Split('=', 2) is [var variable, var value] && variable == name ? value : null, umask: 0x12);
}
