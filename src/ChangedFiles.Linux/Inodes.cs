using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// Attributes of inodes, named by a directory handle and one name in it, or by a handle of their own.
/// A symbolic link is never followed.
/// </summary>
internal static partial class Inodes
{
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtNoAutomount = 0x800;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasicStats = 0x7FF;
    private const long UtimeOmit = (1L << 30) - 2;

    /// <summary>Turned off when the kernel is found to be older than 6.6; tests turn it off to go the other way.</summary>
    internal static bool HasFchmodAt2 { get; set; } = true;

    /// <summary>What is called <paramref name="name"/> in <paramref name="directory"/>.</summary>
    public static Errno Stat(SafeFileHandle directory, ReadOnlySpan<byte> name, out FileStat stat)
    {
        var error = ErrnoText.Of(statx(directory, name, AtSymlinkNoFollow | AtNoAutomount, StatxBasicStats, out var raw));
        stat = error == Errno.None ? raw.ToFileStat() : default;
        return error;
    }

    /// <summary>What a path below <paramref name="root"/> leads to, its links followed as allowed.</summary>
    public static Errno StatThrough(SafeFileHandle root, ReadOnlySpan<byte> path, LinkPolicy links, out FileStat stat)
    {
        stat = default;
        var error = Resolution.Open(root, path, OpenFlags.PathOnly | OpenFlags.CloseOnExec, links, out var handle);
        if (error != Errno.None)
            return error;
        using (handle)
            return Stat(handle!, out stat);
    }

    /// <summary>What an open handle stands for; works for O_PATH handles.</summary>
    public static Errno Stat(SafeFileHandle handle, out FileStat stat)
    {
        var error = ErrnoText.Of(statx(handle, [], AtEmptyPath, StatxBasicStats, out var raw));
        stat = error == Errno.None ? raw.ToFileStat() : default;
        return error;
    }

    /// <summary>Sets owner and group; null leaves one as it is. The kernel clears set-uid and set-gid bits of a file.</summary>
    public static Errno SetOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint? uid, uint? gid) =>
        ErrnoText.Of(fchownat(directory, name, uid ?? uint.MaxValue, gid ?? uint.MaxValue, AtSymlinkNoFollow));

    /// <inheritdoc cref="SetOwner(SafeFileHandle, ReadOnlySpan{byte}, uint?, uint?)"/>
    public static Errno SetOwner(SafeFileHandle handle, uint? uid, uint? gid) =>
        ErrnoText.Of(fchown(handle, uid ?? uint.MaxValue, gid ?? uint.MaxValue));

    /// <summary>Sets the twelve permission bits. A symbolic link has none that can be set: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    public static Errno SetMode(SafeFileHandle directory, ReadOnlySpan<byte> name, uint permissions)
    {
        if (HasFchmodAt2)
        {
            var error = ErrnoText.Of(fchmodat2(SystemCalls.FchmodAt2, directory, name, permissions & 0xFFF, AtSymlinkNoFollow));
            if (error is not (Errno.ENOSYS or Errno.EPERM))
                return error;
            HasFchmodAt2 = error != Errno.ENOSYS;
        }
        // Before Linux 6.6 (or under a filter that says EPERM) the C library goes through an O_PATH handle and /proc/self/fd.
        return ErrnoText.Of(fchmodat(directory, name, permissions & 0xFFF, AtSymlinkNoFollow));
    }

    /// <inheritdoc cref="SetMode(SafeFileHandle, ReadOnlySpan{byte}, uint)"/>
    public static Errno SetMode(SafeFileHandle handle, uint permissions) => ErrnoText.Of(fchmod(handle, permissions & 0xFFF));

    /// <summary>Sets the times; null leaves one as it is.</summary>
    public static Errno SetTimes(SafeFileHandle directory, ReadOnlySpan<byte> name, FileTime? atime, FileTime? mtime) =>
        ErrnoText.Of(utimensat(directory, name, [Timespec.From(atime), Timespec.From(mtime)], AtSymlinkNoFollow));

    /// <inheritdoc cref="SetTimes(SafeFileHandle, ReadOnlySpan{byte}, FileTime?, FileTime?)"/>
    public static Errno SetTimes(SafeFileHandle handle, FileTime? atime, FileTime? mtime) =>
        ErrnoText.Of(futimens(handle, [Timespec.From(atime), Timespec.From(mtime)]));

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds)
    {
        public static Timespec From(FileTime? time) => time is { } t ? new(t.Seconds, t.Nanoseconds) : new(0, UtimeOmit);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct StatxTimestamp
    {
        private readonly long _seconds;
        private readonly uint _nanoseconds;
        private readonly int _reserved;

        public FileTime Time => new(_seconds, (int)_nanoseconds);
    }

    /// <summary>The kernel's struct statx, 256 bytes, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(16)] public uint LinkCount;
        [FieldOffset(20)] public uint Uid;
        [FieldOffset(24)] public uint Gid;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public long Size;
        [FieldOffset(48)] public long Blocks;
        [FieldOffset(64)] public StatxTimestamp Atime;
        [FieldOffset(96)] public StatxTimestamp Ctime;
        [FieldOffset(112)] public StatxTimestamp Mtime;
        [FieldOffset(128)] public uint RdevMajor;
        [FieldOffset(132)] public uint RdevMinor;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;

        public readonly FileStat ToFileStat() => new()
        {
            Mode = Mode,
            Uid = Uid,
            Gid = Gid,
            Size = Size,
            Mtime = Mtime.Time,
            Ctime = Ctime.Time,
            Atime = Atime.Time,
            LinkCount = LinkCount,
            Inode = Inode,
            Device = DeviceNumber.Make(DeviceMajor, DeviceMinor),
            RdevMajor = RdevMajor,
            RdevMinor = RdevMinor,
            Blocks = Blocks,
        };
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, int flags, uint mask, out Statx stat);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle handle, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long fchmodat2(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long mode, long flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeFileHandle handle, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, ReadOnlySpan<Timespec> times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(SafeFileHandle handle, ReadOnlySpan<Timespec> times);
}
