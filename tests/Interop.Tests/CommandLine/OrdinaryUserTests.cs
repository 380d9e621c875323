using System.Text.RegularExpressions;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>What stock and ours say, and leave, where an ordinary user may not do what is asked for.</summary>
public sealed partial class OrdinaryUserTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("-a src/file fixed/name"), InlineData("-a src/link fixed/"), InlineData("-rp src/ theirs/"), InlineData("-rpt src/ theirs/")]
    [InlineData("-a src/ theirs/"), InlineData("-a --no-i-r src/ theirs/"), InlineData("-a theirs/ new/ --super"), InlineData("-a src/ new/ --super --chown=:root")]
    [InlineData("-rp locked/ theirs/"), InlineData("-r --remove-source-files fixed/kept new/")]
    public void Failures_are_told_as_stock_tells_them(string words)
    {
        Privileges.NeedsRoot();
        Command.Check("chmod", "a+x", _directory.Path);
        foreach (var (name, program) in ((string, string[])[])[("stock", ["rsync"]), ("ours", [ProgramRun.Path, "rsync"])])
        {
            Prepare(name);
            string[] user = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "-C", _directory[name], $"HOME={_directory[name]}"];
            var done = Command.Run("setpriv", [.. user, .. program, .. words.Split(' ')]);
            Assert.True(done.ExitCode == 23, done.ToString());
            _directory.Write($"{name}.txt", Told(done.Error.Replace($"/{name}/", "/", StringComparison.Ordinal)));
        }
        Assert.Equal(_directory.Read("stock.txt"), _directory.Read("ours.txt"));
        // What could not be given its time has that of its making.
        Command.Check("find", _directory["stock"], _directory["ours"], "-newermt", "2026-01-01", "-exec", "touch", "-h", "-d", "@0", "{}", "+");
        TreeDiff.AssertSame(_directory["stock"], _directory["ours"]);
    }

    private void Prepare(string name)
    {
        _directory.Write($"{name}/src/file", "file");
        _directory.Symlink($"{name}/src/link", "file");
        _directory.Write($"{name}/src/dir/in", "in");
        _directory.Mkdir($"{name}/locked/dir");
        Command.Check("chmod", "555", _directory[$"{name}/locked/dir"]);
        Command.Check("find", _directory[$"{name}/src"], "-exec", "touch", "-h", "-d", "@1700000000", "{}", "+");
        Command.Check("chown", "-hR", "65534:65534", _directory[name]);
        _directory.Write($"{name}/fixed/kept", "kept");
        _directory.Write($"{name}/theirs/other", "other");
        _directory.Mkdir($"{name}/theirs/dir");
        Command.Check("chmod", "777", _directory[$"{name}/theirs"], _directory[$"{name}/theirs/dir"]);
        Command.Check("find", _directory[$"{name}/theirs"], "-exec", "touch", "-d", "@1600000000", "{}", "+");
    }

    private static string Told(string error) => string.Join('\n', Changing().Replace(error, "").Split('\n').Order(StringComparer.Ordinal));

    /// <summary>The end of a temporary name, and a place in a source.</summary>
    [GeneratedRegex(@"(?<=/\.\w+\.)\w{6}(?="")| at \S+( \(\d+\))? (?=\[)")]
    private static partial Regex Changing();
}
