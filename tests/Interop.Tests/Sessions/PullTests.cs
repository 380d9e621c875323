using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>Pulls from stock daemons: the same tree and the same items as a stock client's.</summary>
public sealed class PullTests
{
    [Theory, EachRsync]
    public void A_tree_arrives_and_is_then_up_to_date(RsyncVersion version)
    {
        using var source = new TempDirectory();
        using var target = new TempDirectory();
        new TreeMaker(TestSeed.Next()).Fill(source.Path);
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", source.Path));
        foreach (var more in (string[])["-i", "--no-inc-recursive", "--protocol=31", "--protocol=30"])
        {
            var place = target[more];
            var first = Puller.Pull(daemon, "-a", more, "", $"{place}/");
            Assert.True(first.ExitCode == ExitCode.Success, first.Said);
            TreeDiff.AssertSame(source.Path, place, TreeIgnore.HardLinks | (more == "--protocol=30" ? TreeIgnore.Nanoseconds : 0));
            var second = Puller.Pull(daemon, "-a", more, "", $"{place}/");
            Assert.Equal("", second.Items);
            Assert.Equal(0, second.Result.Stats.FilesTransferred);
        }
    }
}
