using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class MountTableTests
{
    [Fact]
    public void A_line_gives_number_place_and_type()
    {
        Assert.True(MountTable.TryParse("36 35 98:0 /sub /mnt/a rw,noatime shared:1 master:2 - ext4 /dev/root rw,errors=continue"u8, out var mount));
        Assert.Equal((36, "ext4"), (mount!.Id, mount.FileSystem));
        Assert.Equal("/mnt/a"u8, mount.Point);
    }

    [Fact]
    public void Escaped_bytes_of_the_place_are_bytes_again()
    {
        Assert.True(MountTable.TryParse(@"1 0 0:1 / /a\040b\011c\012d\134e rw - tmpfs none rw"u8, out var mount));
        Assert.Equal("/a b\tc\nd\\e"u8, mount!.Point);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x 0 0:1 / / rw - tmpfs none rw")]
    [InlineData("1 0 0:1 / / rw")]
    public void Other_lines_are_passed_over(string line) => Assert.False(MountTable.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void The_mounts_of_this_machine_include_the_one_that_holds_the_top()
    {
        using var table = new MountTable();
        Assert.Equal(Errno.None, Directories.OpenRoot("/"u8, out var top));
        using (top)
            Assert.Contains(table.Read(), mount => mount.Id == MountTable.MountOf(top!));
    }
}
