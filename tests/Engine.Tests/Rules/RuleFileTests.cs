using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class RuleFileTests
{
    [Fact]
    public void The_rules_of_2001_are_read_as_they_were_written()
    {
        var file = RuleFile.Parse(Rules2001.Replication + Rules2001.HotFolder, rsync: PlainRsync.Read);
        Assert.Empty(file.Diagnostics);
        Assert.Equal(2, file.Rules.Rules.Count);
        var replication = file.Rules.Rules[0];
        Assert.Equal("^/home/mike/test", replication.Regex);
        Assert.Equal([@"\.Xauthority"], replication.Ignores.Select(i => i.Regex));
        Assert.Equal(
            [Operation.OPENW, Operation.MKDIR, Operation.SYMLINK, Operation.UNLINK, Operation.RMDIR, Operation.RENAME],
            replication.Lines.Select(l => l.Operations));
        Assert.Equal(
            ["rsync in-process", "rsync in-process", "rsync in-process", "shell", "shell", "shell"],
            replication.Lines.Select(l => l.Action.Manner));
        Assert.Equal("shell", Assert.Single(file.Rules.Rules[1].Lines).Action.Manner);
    }

    [Theory]
    [InlineData("rsync -a _FILE_ host::m/in/", "_FILE_", "m/in/", false)]
    [InlineData("/usr/bin/rsync -e 'ssh -p 22' -a \"_FILE_\" h:/m_NEW_FILE_", "_FILE_", "/m_NEW_FILE_", true)]
    [InlineData("EXEC rsync -a --rsh ssh -- _FILE_ h:/m_FILE_", "_FILE_", "/m_FILE_", true)]
    [InlineData("rsync -a _NEW_FILE_ /m/_BASENAME_", "_NEW_FILE_", "/m/_BASENAME_", false)]
    [InlineData("rsync -a /srv/data/ host::m", "/srv/data/", "m", false)]
    public void Plain_rsync_commands_run_in_process(string action, string from, string to, bool keepsPath)
    {
        var rsync = Assert.IsType<RsyncAction>(ActionOf(action));
        Assert.Equal((from, to, keepsPath), (rsync.From.ToString(), rsync.To.ToString(), rsync.KeepsPath));
    }

    [Theory]
    [InlineData("rsync -a _FILE_ host::m/in", "end it in /")]
    [InlineData("rsync -a _FILE_ host::m/x_BASENAME_", "end it in /")]
    [InlineData("rsync -a _DIRNAME_/ host::m/", "the source is not _FILE_")]
    [InlineData("rsync -a --exclude=_BASENAME_ _FILE_ host::m/", "an option is another one each time")]
    [InlineData("rsync -a _FILE_ host::m/_TIME_/", "the destination is another one each time")]
    [InlineData("rsync -a /srv/data/ host::m/_BASENAME_", "the source is fixed, the destination is not")]
    public void What_cannot_run_in_process_is_started_with_names_kept_from_the_remote_shell(string action, string why)
    {
        var exec = Assert.IsType<ExecAction>(ActionOf(action));
        Assert.Contains(why, exec.Note, StringComparison.Ordinal);
        Assert.Equal("-s", exec.Words[1].Fixed);
    }

    [Theory]
    [InlineData("rsync -a _FILE_ h:/m; true")]
    [InlineData("rsync -a _FILE_ h:/m >/dev/null")]
    [InlineData("rsync -a `dirname _FILE_` h:/m")]
    [InlineData("rsync -a $HOME h:/m")]
    [InlineData("rsync -a /x/*.jpg h:/m")]
    [InlineData("X=1 rsync -a _FILE_ h:/m")]
    [InlineData("nice rsync -a _FILE_ h:/m")]
    public void Other_rsync_lines_run_in_a_shell(string action)
    {
        Assert.IsType<ShellAction>(ActionOf(action));
    }

    [Fact]
    public void Settings_hold_for_the_file_or_for_their_whole_rule()
    {
        var file = RuleFile.Parse("""
            TIMEOUT 30s
            PARALLEL 8
            IGNORE ~$
            RULE ^/a/
            OPENW EXEC tar rf /x.tar _FILE_
            TIMEOUT 500ms
            RETRY 5 2s 1m
            QUIET 1.5s
            WORKDIR /var/lib/my files
            BATCH args 50 3s
            PARALLEL 2
            RULE ^/b/
            OPENW USER
            USER mike
            """);
        Assert.Equal(8, file.Rules.Settings.Parallel);
        var (first, second) = (file.Rules.Rules[0], file.Rules.Rules[1]);
        Assert.Equal(
            new ActionSettings
            {
                Timeout = TimeSpan.FromMilliseconds(500),
                Retries = 5,
                RetryDelay = TimeSpan.FromSeconds(2),
                MaxRetryDelay = TimeSpan.FromMinutes(1),
                Quiet = TimeSpan.FromSeconds(1.5),
                WorkDirectory = "/var/lib/my files",
                Batch = new BatchSettings(BatchInput.Args, 50, TimeSpan.FromSeconds(3)),
                Parallel = 2,
            },
            first.Settings);
        Assert.Equal(ActionSettings.Default with { Timeout = TimeSpan.FromSeconds(30), User = "mike" }, second.Settings);
        Assert.Equal(["~$"], second.Ignores.Select(i => i.Regex));
    }

    [Fact]
    public void Lines_are_continued_commented_and_shared_by_operations()
    {
        var rule = Assert.Single(RuleFile.Parse("""
            # a comment

            RULE \
              ^/a/b
            CREATE|MKDIR echo one \
                two
              # another
            	ANY	LOG _OPERATION_ of _FILE_
            """).Rules.Rules);
        Assert.Equal("^/a/b", rule.Regex);
        Assert.Equal(Operation.CREATE | Operation.MKDIR, rule.Lines[0].Operations);
        Assert.Equal("echo one     two", rule.Lines[0].Action.Source);
        Assert.Equal(Operation.ANY, rule.Lines[1].Operations);
    }

    [Theory]
    [InlineData("^/home/mike/test", "MIRROR faustus:/mirrors/otto_FILE_", "/home/mike/test", "faustus:/mirrors/otto/home/mike/test")]
    [InlineData("^/srv/data/", "MIRROR rsync://host/data/ -z", "/srv/data", "rsync://host/data/")]
    [InlineData(@"^/srv/data/.*\.txt$", "MIRROR /backup", "/srv/data", "/backup")]
    [InlineData("^/srv/da", "MIRROR /srv/data host::m", "/srv/data", "host::m")]
    public void Mirror_finds_its_source(string regex, string action, string root, string destination)
    {
        var mirror = Assert.IsType<MirrorAction>(ActionOf(action, regex));
        Assert.Equal((root, destination), (mirror.Root, mirror.Destination));
    }

    [Fact]
    public void Included_files_stand_where_they_are_named()
    {
        using var temp = new TempDirectory();
        temp.Write("rules.d/b.rules", "RULE ^/b\nANY LOG");
        temp.Write("rules.d/a.rules", "RULE ^/a\nANY LOG");
        temp.Write("ignores", "IGNORE ~$\nIGNORE \\.swp$");
        var main = temp.Write("main.conf", "INCLUDE ignores\nINCLUDE rules.d/*.rules\nRULE ^/c\nINCLUDE ignores\nANY LOG");
        var file = RuleFile.Load(main);
        Assert.Empty(file.Diagnostics);
        Assert.Equal(["^/a", "^/b", "^/c"], file.Rules.Rules.Select(r => r.Regex));
        Assert.Equal([2, 2, 4], file.Rules.Rules.Select(r => r.Ignores.Count));
        Assert.Equal(temp["rules.d/a.rules"], file.Rules.Rules[0].File);
    }

    private static RuleAction ActionOf(string action, string regex = "^/x/")
    {
        var file = RuleFile.Parse($"RULE {regex}\n{(action.StartsWith("MIRROR", StringComparison.Ordinal) ? "" : "OPENW ")}{action}", rsync: PlainRsync.Read);
        Assert.Empty(file.Diagnostics);
        return Assert.Single(Assert.Single(file.Rules.Rules).Lines).Action;
    }
}
