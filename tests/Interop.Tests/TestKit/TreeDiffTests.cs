using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.TestKit;

public sealed class TreeDiffTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public TreeDiffTests()
    {
        Shell("""
            mkdir -p a/dir a/-dash; printf one > a/dir/file; printf two > a/$'new\nline'; printf three > a/$'\xff \\041'
            ln a/dir/file a/hard; ln -s target a/link; mkfifo a/fifo; setfattr -n user.k -v v a/$'new\nline'
            chmod 640 a/dir/file; cp -a a b
            """);
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Finds_a_copy_to_be_the_same() => TreeDiff.AssertSame(_temp["a"], _temp["b"], details: TreeDetails.All);

    [Theory]
    [InlineData("rm b/link", "missing: l 777")]
    [InlineData("printf x > b/more", "extra: f ")]
    [InlineData("chmod 600 b/dir/file", "dir/file: mode is 600, not 640")]
    [InlineData("rm b/fifo; mkdir b/fifo", "fifo: is a d, not a p")]
    [InlineData("ln -sfn tarGet b/link", "link: target is tarGet, not target")]
    [InlineData("cp -a b/hard b/h; mv b/h b/hard", "hard: first name of the inode is ., not dir/file")]
    [InlineData("""printf tWo > b/$'new\nline'; touch -r a/$'new\nline' b/$'new\nline'""", @"new\#012line: content is")]
    [InlineData("""printf THREE > b/$'\xff \\041'; touch -r a/$'\xff \\041' b/$'\xff \\041'""", @"\#377 \041: content is")]
    [InlineData("""setfattr -n user.k -v w b/$'new\nline'""", @"new\#012line: xattrs is user.k=0x77, not user.k=0x76")]
    [InlineData("touch -d '1969-12-31 23:59:58.000000001 UTC' b/dir/file", "dir/file: mtime is -2.0000000010, not ")]
    [InlineData("touch -d '2001-02-03 04:05:06.000000001 UTC' b/dir", "dir: mtime is 981173106.0000000010, not ")]
    public void Tells_each_kind_of_difference(string change, string expected)
    {
        Shell($"{change}; touch -r a b; touch -r a/link -h b/link 2>/dev/null || true");

        var diff = TreeDiff.Of(TreeSnapshot.Of(_temp["a"], TreeDetails.All), TreeSnapshot.Of(_temp["b"], TreeDetails.All));

        Assert.Contains(diff.Differences, line => line.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Sees_the_numbers_of_device_nodes()
    {
        Privileges.NeedsDevices();
        Shell("mknod a/dev c 1 3; mknod b/dev c 1 5; touch -r a/dev b/dev; touch -r a b");

        var diff = TreeDiff.Of(TreeSnapshot.Of(_temp["a"]), TreeSnapshot.Of(_temp["b"]));

        Assert.Equal("dev: device is 1:5, not 1:3", Assert.Single(diff.Differences));
    }

    private void Shell(string script) => Command.Run(new("bash", ["-c", script]) { WorkingDirectory = _temp.Path }).Checked();
}
