using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Commands;

/// <summary>Nobody reads what the program says, or the disk that it goes to is full.</summary>
public sealed class LostOutputTests : IDisposable
{
    private readonly TempDirectory _source = new();
    private readonly TempDirectory _target = new();

    public LostOutputTests() => _source.Write("d/file", "content");

    [Theory]
    [InlineData(">/dev/full 2>/dev/full")]
    [InlineData(">&4 2>&4")]
    public void A_mirror_does_its_work_all_the_same(string output)
    {
        Assert.Equal(("0\n", ""), Told($"mirror --once -v {_source.Path}/ {_target.Path}", output));
        Assert.Equal("content", _target.Read("d/file"));
    }

    [Fact]
    public void What_is_only_there_to_be_read_ends_without_a_word_when_nobody_does() => Assert.Equal(("141\n", ""), Told("--help", ">&4"));

    [Fact]
    public void Watching_ends_with_its_reader() =>
        Assert.Equal(("141\n", ""), Told($"watch {_source.Path}", $">&4 2>/dev/null & while ! touch {_source.Path}/x || kill -0 $!; do sleep 0.1; done 2>/dev/null; wait $!"));

    [Fact]
    public void A_full_disk_is_told() => Assert.Equal(("11\n", "changedfiles: No space left on device\n"), Told("--help", ">/dev/full"));

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    /// <summary>The exit code as a line, and the standard error. Descriptor 4 is a pipe whose reader is gone.</summary>
    private (string Code, string Error) Told(string words, string output)
    {
        var pipe = $"mkfifo {_source.Path}.pipe && exec 3<>{_source.Path}.pipe 4>{_source.Path}.pipe 3<&- && rm {_source.Path}.pipe";
        var run = Command.Run("bash", ["-c", $"{pipe}; {ProgramRun.Path} {words} {output}; echo $?"]);
        return (run.Output, run.Error);
    }
}
