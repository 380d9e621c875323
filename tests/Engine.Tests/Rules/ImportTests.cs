using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Import;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class ImportTests
{
    [Fact]
    public void An_incron_table_becomes_rules()
    {
        var imported = IncrontabImport.Import("root", """
            # comment
            /var/spool/in IN_CLOSE_WRITE,IN_MOVED_TO /usr/bin/convert $@/$# "to $#" $$5
            /my\ docs.d IN_CREATE,IN_DELETE,recursive=false logger $% $@
            /x IN_OPEN,IN_ONESHOT true
            broken
            """);
        Assert.Equal(
            """
            # From root

            RULE ^/var/spool/in(/|$)
            IGNORE ^/var/spool/in/(.*/)?\.[^/]*/
            OPENW|RENAME EXEC /usr/bin/convert _FILE_ "to _BASENAME_" $5

            # not carried over: root:3: $%: _OPERATION_ gives this program's names, not IN_...
            RULE ^/my docs\.d(/[^/]*)?$
            CREATE|MKDIR|MKNOD|SYMLINK|LINK|UNLINK|RMDIR EXEC logger _OPERATION_ _DIRNAME_

            # not carried over: root:4: IN_OPEN
            # not carried over: root:4: IN_ONESHOT: the rule stays
            # not carried over: root:4: none of its events is an operation here: /x

            # not carried over: root:5: not a line of path, mask and command: broken

            """.ReplaceLineEndings("\n"),
            imported.Text);
        Assert.Equal(5, imported.LeftOut.Count);
        Assert.Empty(RuleFile.Parse(imported.Text).Diagnostics);
    }

    [Fact]
    public void The_common_forms_of_lsyncd_become_mirrors()
    {
        var imported = LsyncdImport.Import("lsyncd.conf", """
            -- a comment
            settings {
               logfile = "/var/log/lsyncd.log",
               maxProcesses = 4, insist = true,
            }
            local base = "/srv/"
            sync {
               default.rsync,
               source = base .. "data.d/", target = "rsync://host/module/", delay = 1,
               exclude = { '*.tmp', '/cache dir/' },
               rsync = { archive = true, compress = false, bwlimit = 2000, _extra = { "--omit-dir-times" }, verbose = true }
            }
            sync({default.rsyncssh; source="/home", host="mike@faustus", targetdir="/mirrors/home", delete=false, ssh = { port = 2222 }})
            sync{default.direct, source='/a', target=[[/b]], excludeFrom="/etc/x"}
            bash = { onCreate = "cp ^source ^target", maxProcesses = 1, action = function(inlet)
                if true then spawn() end
            end }
            sync{bash, source="/a", target="/b"}
            for _, d in ipairs(dirs) do
              sync{default.rsync, source=d, target=d}
            end
            """);
        var file = RuleFile.Parse(imported.Text);
        Assert.Empty(file.Diagnostics);
        Assert.Equal(
            [
                "MIRROR /srv/data.d/ rsync://host/module/ --exclude=*.tmp '--exclude=/cache dir/' "
                    + "--archive --no-compress --bwlimit=2000 --omit-dir-times",
                "MIRROR /home/ mike@faustus:/mirrors/home --no-delete '--rsh=ssh -p 2222'",
                "MIRROR /a/ /b --exclude-from=/etc/x",
            ],
            file.Rules.Rules.Select(r => Assert.Single(r.Lines).Action.Source));
        Assert.Equal(@"^/srv/data\.d/", file.Rules.Rules[0].Regex);
        Assert.Equal(4, file.Rules.Settings.Parallel);
        Assert.Equal(
            [
                "lsyncd.conf:19: Lua code", "lsyncd.conf:3: settings.logfile", "lsyncd.conf:9: delay: changes are sent at once",
                "lsyncd.conf:18: sync of the kind (own functions)",
            ],
            imported.LeftOut);
    }

    [Fact]
    public void No_file_makes_an_import_fail()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] pieces =
        [
            "sync", "{", "}", "(", ")", "=", "\"a", "'", "[[", "]]", "..", "default.rsync", ",", "--", "\n",
            "function", "end", "[", "]", "1", "/x IN_CREATE $@", "\\",
        ];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Join(random.Next(2) == 0 ? " " : "", random.GetItems(pieces, random.Next(30)));
            RuleFile.Parse(LsyncdImport.Import("f", text).Text);
            RuleFile.Parse(IncrontabImport.Import("f", text).Text);
        }
    }
}
