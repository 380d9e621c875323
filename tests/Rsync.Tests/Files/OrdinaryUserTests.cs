using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

/// <summary>What is different without root's rights. Root runs the others of this class as nobody.</summary>
public sealed class OrdinaryUserTests
{
    private const string Nobody = "65534";

    [Fact]
    public void These_tests_pass_as_an_ordinary_user()
    {
        Privileges.NeedsRoot();
        Privileges.NeedsProgram("setpriv");
        var run = Command.Run("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--",
            Environment.ProcessPath!, "-class", typeof(OrdinaryUserTests).FullName!, "-noColor");
        Assert.SkipWhen(run.ExitCode is 126 or 127, "the test program is not readable for others");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Output + run.Error));
    }

    [Fact]
    public void Owner_and_foreign_groups_are_silently_left()
    {
        Assert.SkipWhen(Privileges.IsRoot, "needs an ordinary user");
        InTree((temp, tree) =>
        {
            temp.Write("f", "x");
            var error = tree.SetMetadata(TreePath.Parse("f"), new() { Uid = 0, Gid = 0, Mode = 0x8180, Mtime = new(1, 0) }, out var failed);
            Assert.Equal((Errno.None, MetadataParts.None), (error, failed));
            Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("f"), out var stat));
            Assert.NotEqual(0u, stat.Uid);
            Assert.Equal((0x180u, new FileTime(1, 0)), (stat.Permissions, stat.Mtime));
        });
    }

    [Fact]
    public void What_may_not_be_done_is_EACCES_or_EPERM_and_names_the_part()
    {
        Assert.SkipWhen(Privileges.IsRoot, "needs an ordinary user");
        Assert.Equal(Errno.None, LocalTree.Open("/", out var root));
        using (root)
        {
            Assert.Equal(Errno.EACCES, root!.Create(TreePath.Parse("etc/changedfiles-test"), out _));
            Assert.Equal(Errno.EPERM, root.SetMetadata(TreePath.Parse("etc"), new() { Mode = 0x41ED, Mtime = new(1, 0) }, out var failed));
            Assert.Equal(MetadataParts.Mode | MetadataParts.Times, failed);
        }
        InTree((temp, tree) =>
        {
            temp.Write("d/f", "x");
            File.SetUnixFileMode(temp["d"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Equal(Errno.EACCES, tree.Stat(TreePath.Parse("d/f"), out _));
            Assert.Equal(Errno.EACCES, tree.Open(TreePath.Parse("d/f"), out _));
            Assert.Equal(Errno.None, tree.List(TreePath.Parse("d"), new List<byte[]>()));
            File.SetUnixFileMode(temp["d"], UnixFileMode.UserExecute | UnixFileMode.UserWrite);
            Assert.Equal(Errno.EACCES, tree.List(TreePath.Parse("d"), new List<byte[]>()));
            Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("d/f"), out _));
        });
    }

    [Fact]
    public void A_read_only_file_of_ones_own_gets_attributes()
    {
        Assert.SkipWhen(Privileges.IsRoot, "needs an ordinary user");
        InTree((temp, tree) =>
        {
            File.SetUnixFileMode(temp.Write("f", "x"), UnixFileMode.UserRead);
            var metadata = new Metadata { Mode = 0x8100, Xattrs = [new("user.a"u8.ToArray(), [1])] };
            var error = tree.SetMetadata(TreePath.Parse("f"), metadata, out _);
            Assert.SkipWhen(error == Errno.EOPNOTSUPP, "the file system has no such attributes");
            Assert.Equal(Errno.None, error);
            Assert.Equal(Errno.None, tree.Stat(TreePath.Parse("f"), out var stat));
            Assert.Equal(0x100u, stat.Permissions);
        });
    }

    private static void InTree(Action<TempDirectory, LocalTree> test)
    {
        using var temp = new TempDirectory();
        Assert.Equal(Errno.None, LocalTree.Open(temp.Path, out var tree));
        using (tree)
            test(temp, tree!);
    }
}
