using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>The kernel's limits of inotify, told to people: which one, how much is needed, how to raise it.</summary>
internal static class WatchLimit
{
    private const string Watches = "/proc/sys/fs/inotify/max_user_watches";
    private const string Instances = "/proc/sys/fs/inotify/max_user_instances";

    /// <summary>No watch is left for the directories below <paramref name="root"/>, of which <paramref name="watched"/> have one.</summary>
    public static WatchException Reached(SafeFileHandle root, int watched)
    {
        var needed = CountDirectories(root, "."u8);
        return new WatchException(
            $"inotify needs one watch for each directory, and the user's limit is reached: {watched} of {needed} directories are watched"
            + $" (fs.inotify.max_user_watches is {Read(Watches)}, shared with all programs of this user)."
            + $" Raise it to more than {needed}, for example `sysctl fs.inotify.max_user_watches={Math.Max(needed * 2, 524_288)}`,"
            + " or run as root: fanotify needs no watches.");
    }

    /// <summary>No inotify instance (or no descriptor) is left.</summary>
    public static WatchException NoInstance(Errno errno) => new(
        $"no inotify instance can be opened: {errno.Describe()}. The user's limit fs.inotify.max_user_instances is {Read(Instances)}"
        + " (or this process has too many open files, `ulimit -n`).");

    private static string Read(string limit)
    {
        try
        {
            return File.ReadAllText(limit).Trim();
        }
        catch (IOException)
        {
            return "not readable";
        }
    }

    private static int CountDirectories(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        if (Directories.Open(parent, name, readable: true, out var directory) != Errno.None)
            return 0;
        var count = 1;
        var below = new List<byte[]>();
        var buffer = new byte[32 * 1024];
        using (directory)
        {
            while (Directories.Read(directory!, buffer, out var length) == Errno.None && length > 0)
            {
                foreach (var entry in new DirectoryEntries(buffer.AsSpan(0, length)))
                {
                    if (entry.Kind is FileKind.Directory or FileKind.None)
                        below.Add(entry.Name.ToArray());
                }
            }
            foreach (var child in below)
                count += CountDirectories(directory!, child);
        }
        return count;
    }
}
