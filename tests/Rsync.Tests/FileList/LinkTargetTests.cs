using System.Text;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

public sealed class LinkTargetTests
{
    [Theory]
    [InlineData("l", "a", false)]
    [InlineData("l", "a/b/c", false)]
    [InlineData("l", ".", false)]
    [InlineData("l", "./a", false)]
    [InlineData("d/l", "../a", false)]
    [InlineData("d/e/l", "../../a", false)]
    [InlineData("l", "", true)]
    [InlineData("l", "/a", true)]
    [InlineData("l", "..", true)]
    [InlineData("l", "../a", true)]
    [InlineData("d/l", "../../a", true)]
    [InlineData("d/e/l", "a/../b", true)]
    [InlineData("d/e/l", "a/..", true)]
    [InlineData("d/e/l", ".././../a", false)]
    [InlineData("d/e/l", "..a/b", false)]
    public void A_link_that_may_lead_out_is_unsafe(string link, string target, bool isUnsafe) =>
        Assert.Equal(isUnsafe, LinkTarget.IsUnsafe(Encoding.UTF8.GetBytes(target), TreePath.Parse(link)));

    [Theory]
    [InlineData("/rsyncd-munged/a", "a")]
    [InlineData("/rsyncd-munged/", "/rsyncd-munged/")]
    [InlineData("rsyncd-munged/a", "rsyncd-munged/a")]
    public void A_munged_target_is_restored(string stored, string restored) =>
        Assert.Equal(restored, Encoding.UTF8.GetString(LinkTarget.Restore(Encoding.UTF8.GetBytes(stored))));
}
