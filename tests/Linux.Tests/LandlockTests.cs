using System.Text;
using ChangedFiles.TestKit;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class LandlockTests
{
    [Fact]
    public void A_thread_that_gave_it_up_changes_nothing_elsewhere()
    {
        using var temp = new TempDirectory();
        using var allowed = Open(temp.Mkdir("allowed"));
        using var other = Open(temp.Mkdir("other"));
        temp.Write("other/there", "content");
        var confined = Errno.None;
        List<Errno> inside = [], outside = [];
        // A thread of its own, as nothing gives it back.
        var thread = new Thread(() =>
        {
            confined = Landlock.ChangeOnlyBelow([allowed]);
            inside.AddRange([Directories.Make(allowed, "made"u8, 0x1ED), Names.Rename(allowed, "made"u8, allowed, "renamed"u8)]);
            outside.AddRange(
            [
                Directories.Make(other, "made"u8, 0x1ED), Names.Unlink(other, "there"u8), Names.Rename(other, "there"u8, allowed, "taken"u8),
                Names.Link(other, "there"u8, allowed, "linked"u8),
            ]);
        });
        thread.Start();
        thread.Join();
        Assert.SkipWhen(confined is Errno.ENOSYS or Errno.EOPNOTSUPP, "this kernel has no landlock");
        Assert.Equal(Errno.None, confined);
        Assert.All(inside, error => Assert.Equal(Errno.None, error));
        Assert.All(outside, error => Assert.True(error is Errno.EACCES or Errno.EXDEV, $"{error}"));
        Assert.Equal(["there"], Directory.GetFileSystemEntries(temp["other"]).Select(Path.GetFileName));
    }

    private static SafeFileHandle Open(string path)
    {
        Assert.Equal(Errno.None, Directories.OpenRoot(Encoding.UTF8.GetBytes(path), out var handle));
        return handle!;
    }
}
