using ChangedFiles.Engine.Planning;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Planning;

public sealed class StateFileTests : IDisposable
{
    private readonly TempDirectory _place = new();

    [Fact]
    public void A_lock_that_a_killed_process_leaves_for_a_moment_is_waited_for()
    {
        var held = Open();
        var release = new Thread(() =>
        {
            Thread.Sleep(100);
            held.Dispose();
        });
        release.Start();
        using var next = Open();
        Assert.False(next.Exists);
        release.Join();
    }

    [Fact]
    public void A_mirror_that_runs_keeps_a_second_one_out()
    {
        using var held = Open();
        Assert.Contains("already mirrored to destination", Assert.Throws<MirrorBusyException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_can_be_kept_nobody_is_said_to_have_it()
    {
        File.WriteAllText(_place.Path + "/file", "");
        Assert.ThrowsAny<IOException>(() => StateFile.Open(_place.Path + "/file", "source", "destination", ""));
    }

    public void Dispose() => _place.Dispose();

    private StateFile Open() => StateFile.Open(_place.Path, "source", "destination", "");
}
