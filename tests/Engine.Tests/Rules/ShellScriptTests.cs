using System.Diagnostics;
using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

/// <summary>Runs shell lines with real shells and looks at what the commands in them are given.</summary>
public sealed class ShellScriptTests : IDisposable
{
    // Each holds what would be noticed if a shell ever read it: quotes, expansions, commands that leave a file behind.
    private static readonly string[] Names =
    [
        "/t/plain.jpg",
        "/t x/it's \"a\" $(touch PWNED) `touch PWNED` ${HOME} $HOME; touch PWNED & | < > ( ) { } # * ? [a] ~ ! \\ \\\\ é.jpg",
        "/t/two\nlines '\"'\"' \\' \\\" \t.jpg",
        "/t/ends in newline\n",
        "/-d/-rf",
    ];

    private readonly TempDirectory _temp = new();

    public ShellScriptTests()
    {
        Program("args", "for a; do printf '%s\\0' \"$a\"; done");
        // What sshd does with a command: joins the words by blanks and lets the login shell read them.
        Program("ssh", """
            while [ "${1#-}" != "$1" ]; do case $1 in -p) shift;; esac; shift; done
            shift
            exec "$TEST_SHELL" -c "$*"
            """);
        Program("sudo", "exec \"$@\"");
    }

    public static TheoryData<string, string> Contexts => new()
    {
        { "args _FILE_", "F" },
        { "args otto_FILE_ x", "ottoF|x" },
        { "args \"_FILE_\" \"a _FILE_ b\"", "F|a F b" },
        { "args '_FILE_' 'a _FILE_ b'", "F|a F b" },
        { "args pre'mid_FILE_'\"_FILE_\"_FILE_", "premidFFF" },
        { "args \\_FILE_ \"\\\\_FILE_\"", "L|\\F" },
        { "true; args _OLD_FILE_ _NEW_FILE_ | cat", "F|F" },
        { "X=_FILE_; args \"$X\"", "F" },
        { "args _DIRNAME_ _DIRNAME_/_OPERATION_", "D|D/O" },
        { "args _BASENAME_ x_BASENAME_", "B|xN" },
        { "args `dirname _FILE_`/`basename _FILE_ .jpg`.png", "D/S.png" },
        { "args \"`dirname _FILE_`/`basename _FILE_ .jpg`.png\"", "D/S.png" },
        { "args $(dirname \"_FILE_\")/$(basename _FILE_ .jpg).png", "D/S.png" },
        { "args `printf %s _FILE_`", "T" },
        { "args \"`printf %s \"_FILE_\"`\"", "T" },
        { "args $(printf %s _FILE_)$(printf %s '_FILE_')", "TT" },
        { "args \"$(printf %s \"_FILE_\")\"", "T" },
        { "args $(printf %s $(printf %s _FILE_))", "T" },
        { "(args _FILE_)", "F" },
        { "case _FILE_ in /*) args _FILE_;; esac", "F" },
        { "for f in _FILE_; do args \"$f\"; done", "F" },
        { "if args _FILE_; then true; fi # _FILE_ isn't a word here", "F" },
        { "echo _FILE_ > out; args _FILE_ 2>&1 >&1", "F" },
        { "ssh faustus args /mirrors/otto_FILE_", "/mirrors/ottoF" },
        { "ssh -p 22 mike@faustus args -x _FILE_ y", "-x|F|y" },
        { "ssh faustus \"args /mirrors/otto/_OLD_FILE_\"; true", "/mirrors/otto/F" },
        { "ssh faustus \"args 'x _FILE_' \\\"y _FILE_\\\"\"", "x F|y F" },
        { "ssh faustus 'args _FILE_ \"_FILE_\"'", "F|F" },
        { "ssh faustus args '\"_FILE_\"'", "F" },
        { "ssh faustus \"args `dirname _FILE_`/`basename _FILE_ .jpg`\"", "D/S" },
        { "ssh faustus 'cd / && args \"$(dirname _FILE_)\"x'", "Dx" },
        { "ssh gate ssh faustus args _FILE_", "F" },
        { "ssh gate \"ssh faustus 'args _FILE_'\"", "F" },
        { "ssh gate \"ssh faustus \\\"args '_FILE_'\\\"\"", "F" },
        { "sudo ssh faustus args _FILE_ || true", "F" },
        { "sh -c 'args _FILE_'", "F" },
        { "sh -ec \"args '_FILE_' _FILE_\" _FILE_", "F|F" },
        { "sh -c 'args \"$1\"' x _FILE_", "F" },
        { "eval args _FILE_", "F" },
        { "eval \"args '_FILE_'\"", "F" },
        { "trap 'args _FILE_' EXIT", "F" },
        { "echo x | xargs sh -c 'args _FILE_'", "F" },
    };

    [Theory]
    [MemberData(nameof(Contexts))]
    public void A_name_reaches_the_command_as_data(string line, string expected)
    {
        var script = ShellScript.Parse(line);
        Assert.DoesNotContain(script.Remarks, r => r.IsError);
        foreach (var name in Names)
        {
            foreach (var shell in (string[])["dash", "bash"])
            {
                var result = Run(shell, script, name);
                Assert.Equal(Expected(expected, name), result.Output.Split('\0')[..^1]);
                Assert.False(File.Exists(_temp["PWNED"]), $"{shell} ran a command out of a name: {line}");
            }
        }
    }

    [Theory]
    [InlineData("args ${X:-_FILE_}", "cannot stand inside ${ }")]
    [InlineData("args $((1 + _FILE_))", "cannot stand inside $(( ))")]
    [InlineData("args $'_FILE_'", "cannot stand inside $' '")]
    [InlineData("ssh h \"cat `ls _FILE_`\"", "output another shell")]
    [InlineData("ssh h 'cat `ls _FILE_`'", "backquotes that another shell runs")]
    [InlineData("args 'x _FILE_", "is not closed")]
    [InlineData("args `x _FILE_", "is not closed")]
    [InlineData("ssh h 'cat \"_FILE_'", "is not closed (in the text for the other shell)")]
    [InlineData("args `echo \\`echo _FILE_\\``", "nested backquotes")]
    public void What_cannot_be_made_safe_is_refused(string line, string message)
    {
        Assert.Contains(ShellScript.Parse(line).Remarks, r => r.IsError && r.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("perl -e 'print \"_FILE_\"'", "perl interprets")]
    [InlineData("awk '{ print \"_FILE_\" }' x", "awk interprets")]
    [InlineData("sed s,x,_FILE_, y", "sed interprets")]
    [InlineData("$RSH host rm _FILE_", "not known here")]
    [InlineData("scp _FILE_ host:/x_FILE_", "scp is older")]
    [InlineData("find / -exec python3 -c 'x(\"_FILE_\")' ;", "python3 interprets")]
    public void What_may_not_be_safe_is_warned_of(string line, string message)
    {
        Assert.Contains(ShellScript.Parse(line).Remarks, r => !r.IsError && r.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rsync --rsh=ssh -a _FILE_  faustus:/mirrors/otto_FILE_")]
    [InlineData("perl -n -e 'print' _FILE_")]
    [InlineData("awk '{ print }' _FILE_")]
    [InlineData("gzip -9 < _FILE_ > _FILE_.gz")]
    [InlineData("nice rsync -e ssh _FILE_ h:/x")]
    [InlineData("echo it costs 5$ # isn't it")]
    public void Ordinary_lines_are_not_remarked_on(string line)
    {
        Assert.Empty(ShellScript.Parse(line).Remarks);
    }

    [Fact]
    public void A_line_without_substitutions_is_left_as_it_is()
    {
        const string Line = "cd /x && { for f in *.jpg; do echo \"${f%.jpg}\" `wc -c < \"$f\"` $((1+2)); done; } 2>/dev/null";
        Assert.Equal(Line, ShellScript.Parse(Line).Text);
    }

    [Fact]
    public void With_batch_args_the_names_are_the_positional_parameters()
    {
        Assert.Equal("tar rf x.tar \"$@\" && echo", ShellScript.Parse("tar rf x.tar _FILE_ && echo", batchArguments: true).Text);
        Assert.Contains(ShellScript.Parse("tar rf x_FILE_", batchArguments: true).Remarks, r => r.IsError);
    }

    public void Dispose() => _temp.Dispose();

    // F: the file (T: without newlines at its end), D: its directory, B: its last component as an argument, N: as it is,
    // S: without .jpg, O: the operation, L: "_FILE_" itself.
    private static IEnumerable<string> Expected(string form, string name)
    {
        var basename = name[(name.LastIndexOf('/') + 1)..];
        return form.Split('|').Select(word => string.Concat(word.Select(letter => letter switch
        {
            'F' => name,
            'T' => name.TrimEnd('\n'),
            'D' => name[..name.LastIndexOf('/')],
            'B' => basename.StartsWith('-') ? "./" + basename : basename,
            'N' => basename,
            'S' => basename.EndsWith(".jpg", StringComparison.Ordinal) ? basename[..^4] : basename,
            'O' => "OPENW",
            'L' => "_FILE_",
            _ => letter.ToString(),
        })));
    }

    private static FileEvent Event(string name) => new(Operation.OPENW, Encoding.UTF8.GetBytes(name));

    private Command Run(string shell, ShellScript script, string name)
    {
        var values = new EventValues(Event(name), []);
        var start = new ProcessStartInfo(shell, ["-c", script.Text]) { WorkingDirectory = _temp.Path };
        start.Environment["PATH"] = $"{_temp.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TEST_SHELL"] = shell;
        foreach (var substitution in SubstitutionText.All)
            start.Environment[substitution.Variable()] = Encoding.UTF8.GetString(values[substitution]);
        foreach (var variable in script.Variables)
            start.Environment[variable.Name] = Encoding.UTF8.GetString(variable.Value(values));
        return Command.Run(start).Checked();
    }

    private void Program(string name, string body)
    {
        var path = _temp.Write(name, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
