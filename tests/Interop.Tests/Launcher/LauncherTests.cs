using System.Diagnostics;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Launcher;

/// <summary>The script <c>changedfiles</c> at the root; a stand-in for the SDK "builds" a program that prints how it was called.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Sdk =
        """
        #!/bin/sh
        # dotnet publish ... -o DIRECTORY, dotnet --list-sdks
        [ "$1" != --list-sdks ] || { echo "10.0.100 [/somewhere/dotnet/sdk]"; exit; }
        case "$* $(ls "$ROOT")" in *PublishAot*unlinkable*) echo "no linker"; exit 1 ;; esac
        echo built >>"$ROOT/builds"
        echo noise; [ ! -e "$ROOT/broken" ] || { echo "error CS1002: ; expected"; exit 1; }
        while [ "$1" != -o ]; do shift; done
        sleep 0.2; mkdir -p "$2"
        printf '#!/bin/sh\npwd; for a; do echo "<$a>"; done; eval "$PROBE"; cat\n' >"$2/changedfiles"; chmod +x "$2/changedfiles"
        """;

    private readonly TempDirectory _temp = new();
    private readonly string _root;

    public LauncherTests()
    {
        _root = _temp.Mkdir("a root");
        _temp.Write("sdk", Sdk);
        _temp.Write("a root/src/Project/Program.cs", "");
        _temp.Write("a root/src/Project/Old.cs", "");
        // A file that this process wrote may be busy still when it is to be run: another thread's fork can hold it. A child writes them.
        Shell($"""
            install -D sdk bin/dotnet; cp -p '{Repository.PathOf("changedfiles")}' 'a root/'; cd 'a root'
            touch Directory.Build.props Directory.Packages.props global.json; find . -exec touch -d '1 hour ago' {"{}"} +
            """);
    }

    private int Builds => File.Exists(_temp["a root/builds"]) ? File.ReadAllLines(_temp["a root/builds"]).Length : 0;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Builds_once_and_then_says_nothing_of_its_own()
    {
        var first = Launch("changedfiles", "x");
        var second = Launch("changedfiles", "x");

        Assert.Equal(first.Output, second.Output);
        Assert.Contains("building", first.Error);
        Assert.Equal("", second.Error);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void Where_no_machine_code_can_be_built_it_builds_for_the_runtime()
    {
        _temp.Write("a root/unlinkable", "");

        var first = Launch("changedfiles", "x");

        Assert.Equal($"{_temp.Path}\n<x>\ninput", first.Output);
        Assert.Contains("noise", first.Error);
        Assert.Contains("native.log", first.Error);
        Assert.Contains("no linker", File.ReadAllText(_temp["a root/.build/program/native.log"]));
        Assert.Equal("", Launch("changedfiles", "x").Error);
    }

    [Fact]
    public void Hands_over_arguments_input_and_directory_unchanged()
    {
        var run = Launch("changedfiles", "two words", "", "*", "-x");
        Assert.Equal($"{_temp.Path}\n<two words>\n<>\n<*>\n<-x>\ninput", run.Output);
    }

    [Fact]
    public void Is_rsync_when_a_link_of_that_name_calls_it()
    {
        Launch("changedfiles");
        _temp.Mkdir("path");
        _temp.Symlink("hop", "a root/changedfiles");
        _temp.Symlink("path/rsync", "../hop");

        Assert.Equal($"{_temp.Path}\n<rsync>\n<--server>\n<.>\ninput", Run(_temp["path/rsync"], "--server", ".").Output);
    }

    [Fact]
    public void Nothing_takes_the_place_of_a_stream_that_is_closed()
    {
        Launch("changedfiles");
        Shell("export PROBE='for n in 0 1 2; do at=\"$at $(readlink /proc/$$/fd/$n)\"; done; echo $at >told'; './a root/changedfiles' <&- >&- 2>&- || true");
        Assert.Equal("/dev/null /dev/null /dev/null\n", File.ReadAllText(_temp["told"]));
    }

    [Theory]
    [InlineData("touch 'a root/src/Project/Program.cs'")]
    [InlineData("touch 'a root/src/Project/New.cs'")]
    [InlineData("rm 'a root/src/Project/Old.cs'")]
    [InlineData("touch 'a root/Directory.Packages.props'")]
    [InlineData("mv 'a root' elsewhere; ln -s elsewhere 'a root'")]
    public void Builds_again_when(string change)
    {
        Launch("changedfiles");
        Shell(change);
        Launch("changedfiles");
        Launch("changedfiles");
        Assert.Equal(2, Builds);
    }

    [Fact]
    public void Does_not_build_for_what_other_builds_leave_in_the_sources()
    {
        _temp.Mkdir("a root/src/Project/obj");
        Launch("changedfiles");
        _temp.Write("a root/src/Project/obj/Generated.cs", "");
        Launch("changedfiles");
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void Started_twice_at_once_it_builds_once()
    {
        var runs = new Command[2];
        Parallel.For(0, runs.Length, i => runs[i] = Launch("changedfiles", "x"));
        Assert.All(runs, run => Assert.Equal($"{_temp.Path}\n<x>\ninput", run.Output));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void A_failed_build_tells_why_and_exits_with_1()
    {
        Launch("changedfiles");
        Shell("touch 'a root/broken' 'a root/src/Project/Program.cs'");

        var run = Run(_temp["a root/changedfiles"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("CS1002", run.Error);
    }

    private Command Launch(string name, params string[] arguments) => Run(_temp[$"a root/{name}"], arguments).Checked();

    private Command Run(string program, params string[] arguments) => Command.Run(
        new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _temp.Path,
            Environment = { ["ROOT"] = _root, ["PATH"] = $"{_temp["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" },
        },
        "input"u8.ToArray());

    private void Shell(string script) => Command.Run(new("bash", ["-c", script]) { WorkingDirectory = _temp.Path }).Checked();
}
