using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>What <c>statfs(2)</c> says of a file system.</summary>
internal readonly record struct FileSystemStat
{
    /// <summary>The magic number of its kind, as in <c>linux/magic.h</c>.</summary>
    public long Type { get; init; }
    /// <summary>Bytes.</summary>
    public long Size { get; init; }
    /// <summary>Bytes that an ordinary user may still write.</summary>
    public long Available { get; init; }
    public long FreeInodes { get; init; }
    public bool IsReadOnly { get; init; }
}

/// <summary>File systems as a whole.</summary>
internal static partial class FileSystems
{
    private const long MountReadOnly = 1;

    /// <summary>The file system that a handle (also an O_PATH one) is on.</summary>
    public static Errno Stat(SafeFileHandle handle, out FileSystemStat stat)
    {
        var error = ErrnoText.Of(fstatfs(handle, out var raw));
        stat = error != Errno.None ? default : new FileSystemStat
        {
            Type = raw.Type,
            Size = raw.Blocks * raw.FragmentSize,
            Available = raw.Available * raw.FragmentSize,
            FreeInodes = raw.FreeInodes,
            IsReadOnly = (raw.Flags & MountReadOnly) != 0,
        };
        return error;
    }

    /// <summary>The C library's struct statfs on 64-bit machines.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    private struct StatFs
    {
        public long Type;
        public long BlockSize;
        public long Blocks;
        public long Free;
        public long Available;
        public long Inodes;
        public long FreeInodes;
        public long Id;
        public long NameLength;
        public long FragmentSize;
        public long Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle handle, out StatFs stat);
}
