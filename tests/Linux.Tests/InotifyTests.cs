using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class InotifyTests
{
    [Fact]
    public void Nothing_is_lost_while_a_directory_is_asked_again_for_its_watch()
    {
        const int Files = 5_000;
        using var temp = new TempDirectory();
        Assert.Equal(Errno.None, Directories.OpenRoot(Encoding.UTF8.GetBytes(temp.Path), out var directory));
        Assert.Equal(Errno.None, Inotify.Open(out var inotify));
        using (directory)
        using (inotify)
        {
            const InotifyEvents Wanted = InotifyEvents.Create | InotifyEvents.AddToExisting;
            Assert.Equal(Errno.None, inotify!.Add(directory!, Wanted, out var watch));
            var writer = new Thread(() =>
            {
                for (var i = 0; i < Files; i++)
                    File.WriteAllBytes($"{temp.Path}/{i}", []);
            });
            writer.Start();
            while (writer.IsAlive)
            {
                Assert.Equal(Errno.None, inotify.Add(directory!, Wanted, out var again));
                Assert.Equal(watch, again);
            }
            Assert.Equal(Files, CountEvents(inotify));
        }
    }

    private static int CountEvents(Inotify inotify)
    {
        var buffer = new byte[64 * 1024];
        var count = 0;
        while (inotify.Read(buffer, out var length) == Errno.None)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
            while (InotifyEvent.TryTake(ref rest, out var next))
            {
                Assert.False(next.Has(InotifyEvents.Overflow));
                count++;
            }
        }
        return count;
    }
}
