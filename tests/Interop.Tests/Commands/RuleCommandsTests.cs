using System.Text;
using System.Text.Json;
using ChangedFiles.Cli.Commands;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Import;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Commands;

public sealed class RuleCommandsTests : IDisposable
{
    private const string Rules = """
        RULE ^/home/mike/test
        IGNORE \.Xauthority
        OPENW   rsync --rsh=ssh -a _FILE_  faustus:/mirrors/otto_FILE_
        UNLINK  ssh faustus rm -f /mirrors/otto_FILE_
        """;

    private readonly TempDirectory _temp = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void Check_shows_how_each_line_runs()
    {
        var path = _temp.Write("rules", Rules);
        Assert.Equal(0, CheckCommand.Run(path, json: false, _output, _error));
        Assert.Equal(
            $"""
            {path}:1: RULE ^/home/mike/test
                IGNORE \.Xauthority
                OPENW     [rsync in-process] rsync --rsh=ssh -a _FILE_  faustus:/mirrors/otto_FILE_
                UNLINK    [shell] ssh faustus rm -f /mirrors/otto_FILE_
            {path}: 1 rule (1 rsync in-process, 1 shell), 0 errors, 0 warnings

            """,
            _output.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Check_tells_all_errors_and_fails()
    {
        var path = _temp.Write("rules", "OPENQ x\nRULE ^x\nTIMEOUT\n");
        Assert.Equal(1, CheckCommand.Run(path, json: false, _output, _error));
        Assert.Contains($"{path}:1:1: error: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{path}:3:1: error: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 errors, 2 warnings", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("faustus:/mirrors/otto_FILE_ '--rsh=ssh -p 2222' --rsync-path=/opt/rsync --exclude=*.o", null)]
    [InlineData("rsync://host/module/ --numeric-ids --no-delete --port=8730", null)]
    [InlineData("faustus:/mirrors -z", "this cannot be mirrored to: its options are other than --exclude")]
    [InlineData("rsync://host", "this cannot be mirrored to: rsync://host: the module is missing")]
    public void Check_knows_what_can_be_mirrored_to(string words, string? error)
    {
        var path = _temp.Write("rules", $"RULE ^/home/mike/test\nMIRROR {words}\n");
        Assert.Equal(error is null ? 0 : 1, CheckCommand.Run(path, json: false, _output, _error));
        Assert.Contains(error ?? "", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_speaks_json()
    {
        CheckCommand.Run(_temp.Write("rules", Rules + "\nOPENQ"), json: true, _output, _error);
        using var json = JsonDocument.Parse(_output.ToString());
        Assert.False(json.RootElement.GetProperty("good").GetBoolean());
        Assert.Equal(5, json.RootElement.GetProperty("diagnostics")[0].GetProperty("line").GetInt32());
        var action = json.RootElement.GetProperty("rules")[0].GetProperty("actions")[0];
        Assert.Equal("rsync in-process", action.GetProperty("runs").GetString());
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_line()
    {
        Assert.Equal(1, CheckCommand.Run(_temp["none"], json: false, _output, _error));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("/home/mike/test/a b", Operation.OPENW, 0, "-a '/home/mike/test/a b'  faustus:/mirrors/otto'/home/mike/test/a b'")]
    [InlineData("/home/mike/test/.Xauthority", Operation.OPENW, 1, ":2: IGNORE \\.Xauthority")]
    [InlineData("/home/mike/test/a", Operation.CHMOD, 1, "matches, but no line is for CHMOD")]
    [InlineData("/home/otto", Operation.ANY, 1, "no RULE matches")]
    public void Explain_says_what_would_happen_and_why(string path, Operation operation, int exitCode, string said)
    {
        var fileEvent = new FileEvent(operation, Encoding.UTF8.GetBytes(path));
        Assert.Equal(exitCode, ExplainCommand.Run(_temp.Write("rules", Rules), fileEvent, json: false, _output, _error));
        Assert.Contains(said, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_speaks_json()
    {
        var fileEvent = new FileEvent(Operation.RENAME, "/tmp/a"u8.ToArray()) { OldPath = "/home/mike/test/a"u8.ToArray() };
        ExplainCommand.Run(_temp.Write("rules", Rules), fileEvent, json: true, _output, _error);
        using var json = JsonDocument.Parse(_output.ToString());
        var action = json.RootElement.GetProperty("rules")[0].GetProperty("actions")[0];
        Assert.Equal("UNLINK", action.GetProperty("operation").GetString());
        Assert.Equal("ssh faustus rm -f /mirrors/otto/home/mike/test/a", action.GetProperty("action").GetString());
    }

    [Fact]
    public void Import_prints_rules_and_says_what_it_left_out()
    {
        var path = _temp.Write("table", "/in IN_CLOSE_WRITE,IN_OPEN echo $#\n");
        Assert.Equal(0, ImportCommand.Run(path, IncrontabImport.Import, _output, _error));
        Assert.Contains("OPENW EXEC echo _BASENAME_", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"not carried over: {path}:1: IN_OPEN", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _temp.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
