using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Regular files: opening them by directory handle and name, and their bytes. Interrupted calls are repeated.</summary>
internal static partial class FileData
{
    private const int Guarded = OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec;
    private const int Creating = OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec;
    private const int FadviseSequential = 2;
    private const int FallocKeepSize = 1, FallocPunchHole = 2;
    private const int SeekData = 3, SeekHole = 4;
    private const ulong FiClone = 0x40049409;

    /// <summary>
    /// Opens for reading without following a link, waiting for a fifo's writer or waking a terminal; the caller checks
    /// that it is a regular file. With <paramref name="noAtime"/> the access time stays as it is where the owner may ask for that.
    /// </summary>
    public static Errno OpenToRead(SafeFileHandle directory, ReadOnlySpan<byte> name, bool noAtime, out SafeFileHandle? handle)
    {
        var error = Resolution.OpenName(directory, name, Guarded | (noAtime ? OpenFlags.NoAtime : 0), 0, out handle);
        return error == Errno.EPERM && noAtime ? OpenToRead(directory, name, noAtime: false, out handle) : error;
    }

    /// <summary>As <see cref="OpenToRead"/>, at a path below <paramref name="root"/> whose links, the last one too, are followed as allowed.</summary>
    public static Errno OpenThrough(
        SafeFileHandle root, ReadOnlySpan<byte> path, LinkPolicy links, bool noAtime, out SafeFileHandle? handle)
    {
        var error = Resolution.Open(root, path, Guarded | (noAtime ? OpenFlags.NoAtime : 0), links, out handle);
        return error == Errno.EPERM && noAtime ? OpenThrough(root, path, links, noAtime: false, out handle) : error;
    }

    /// <summary>Opens an existing file for reading and writing, with the guards of <see cref="OpenToRead"/>.</summary>
    public static Errno OpenToWrite(SafeFileHandle directory, ReadOnlySpan<byte> name, out SafeFileHandle? handle) =>
        Resolution.OpenName(directory, name, Guarded | OpenFlags.ReadWrite, 0, out handle);

    /// <summary>Creates a file for reading and writing; <see cref="Errno.EEXIST"/> when the name is taken, also by a link.</summary>
    public static Errno Create(SafeFileHandle directory, ReadOnlySpan<byte> name, uint permissions, out SafeFileHandle? handle) =>
        Resolution.OpenName(directory, name, Creating, permissions & 0xFFF, out handle);

    /// <summary>Reads at an offset; <paramref name="read"/> is 0 at the end and may be less than asked.</summary>
    public static Errno Read(SafeFileHandle file, Span<byte> buffer, long offset, out int read)
    {
        nint result;
        do
            result = pread(file, buffer, buffer.Length, offset);
        while (Interrupted(result));
        read = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Writes all of <paramref name="data"/> at an offset, or says why not.</summary>
    public static Errno Write(SafeFileHandle file, ReadOnlySpan<byte> data, long offset)
    {
        while (!data.IsEmpty)
        {
            var result = pwrite(file, data, data.Length, offset);
            if (Interrupted(result))
                continue;
            if (result < 0)
                return ErrnoText.Of(result);
            data = data[(int)result..];
            offset += result;
        }
        return Errno.None;
    }

    /// <summary>Cuts or extends (with a hole) to <paramref name="length"/> bytes.</summary>
    public static Errno SetLength(SafeFileHandle file, long length)
    {
        int result;
        do
            result = ftruncate(file, length);
        while (Interrupted(result));
        return ErrnoText.Of(result);
    }

    /// <summary>Reserves space without changing the length; <see cref="Errno.EOPNOTSUPP"/> where the file system cannot.</summary>
    public static Errno Reserve(SafeFileHandle file, long length) => Allocate(file, FallocKeepSize, 0, length);

    /// <summary>Makes a range read as zeros and frees its space, within the length that the file has.</summary>
    public static Errno PunchHole(SafeFileHandle file, long offset, long length) =>
        Allocate(file, FallocKeepSize | FallocPunchHole, offset, length);

    /// <summary>Waits until the file is on the disk.</summary>
    public static Errno Sync(SafeFileHandle file)
    {
        int result;
        do
            result = fsync(file);
        while (Interrupted(result));
        return ErrnoText.Of(result);
    }

    /// <summary>Tells the kernel to read ahead more.</summary>
    public static void AdviseSequential(SafeFileHandle file) => _ = posix_fadvise(file, 0, 0, FadviseSequential);

    /// <summary>Makes the whole of <paramref name="target"/> share the blocks of <paramref name="source"/> (btrfs, xfs).</summary>
    public static Errno Clone(SafeFileHandle source, SafeFileHandle target) => ErrnoText.Of(ioctl(target, FiClone, source));

    /// <summary>Copies inside the kernel; <paramref name="copied"/> is 0 at the source's end and may be less than asked.</summary>
    public static Errno CopyRange(SafeFileHandle source, long from, SafeFileHandle target, long to, long length, out long copied)
    {
        nint result;
        do
            result = copy_file_range(source, ref from, target, ref to, (nint)length, 0);
        while (Interrupted(result));
        copied = Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>The next stretch of data at or after <paramref name="offset"/>; <see cref="Errno.ENXIO"/> when only a hole follows.</summary>
    public static Errno NextData(SafeFileHandle file, long offset, out long start, out long end)
    {
        end = 0;
        start = lseek(file, offset, SeekData);
        if (start >= 0)
            end = lseek(file, start, SeekHole);
        return ErrnoText.Of(Math.Min(start, end));
    }

    private static Errno Allocate(SafeFileHandle file, int mode, long offset, long length)
    {
        int result;
        do
            result = fallocate(file, mode, offset, length);
        while (Interrupted(result));
        return ErrnoText.Of(result);
    }

    private static bool Interrupted(nint result) => ErrnoText.Of(result) == Errno.EINTR;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, Span<byte> buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, ReadOnlySpan<byte> data, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle target, ulong request, SafeFileHandle source);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint copy_file_range(
        SafeFileHandle source, ref long from, SafeFileHandle target, ref long to, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
