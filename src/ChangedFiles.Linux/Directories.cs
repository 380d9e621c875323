using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>What a path below a directory may lead through.</summary>
public enum LinkPolicy
{
    /// <summary>A symbolic link on the way is <see cref="Errno.ELOOP"/>.</summary>
    Refuse,

    /// <summary>Links are followed while they stay below the directory; one that leaves it is <see cref="Errno.EXDEV"/>.</summary>
    FollowBeneath,
}

/// <summary>Directories as handles: the only way from a name to a place in a tree.</summary>
public static partial class Directories
{
    private const ulong ResolveNoMagicLinks = 0x02, ResolveNoSymlinks = 0x04, ResolveBeneath = 0x08;
    private const int AtRemoveDirectory = 0x200;

    /// <summary>Tests set it to walk as kernels before 5.6 need it.</summary>
    internal static bool HasOpenAt2 { get; set; } = ProbeOpenAt2();

    /// <summary>Pins the directory at a path that the operator named; symbolic links on the way are followed.</summary>
    public static Errno OpenRoot(ReadOnlySpan<byte> path, out SafeFileHandle? handle) =>
        Opened(open(path, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec), out handle);

    /// <summary>
    /// Opens the directory at a relative path without ".." below <paramref name="root"/>, resolved by the kernel in one call.
    /// Where it has no openat2 every component is opened by itself, and links are always refused.
    /// A handle that is not <paramref name="readable"/> (O_PATH) only takes names, and needs no read permission.
    /// </summary>
    public static Errno OpenBeneath(
        SafeFileHandle root, ReadOnlySpan<byte> path, LinkPolicy links, bool readable, out SafeFileHandle? handle)
    {
        if (!HasOpenAt2)
            return Walk(root, path, readable, out handle);
        var how = new OpenHow
        {
            Flags = (ulong)DirectoryFlags(readable),
            Resolve = ResolveBeneath | ResolveNoMagicLinks | (links == LinkPolicy.Refuse ? ResolveNoSymlinks : 0),
        };
        return Opened(openat2(SystemCalls.OpenAt2, root, path, in how, Marshal.SizeOf<OpenHow>()), out handle);
    }

    /// <summary>Opens the directory called <paramref name="name"/>, which is no symbolic link.</summary>
    public static Errno Open(SafeFileHandle parent, ReadOnlySpan<byte> name, bool readable, out SafeFileHandle? handle)
    {
        var error = Opened(openat(parent, name, DirectoryFlags(readable) | OpenFlags.NoFollow, 0), out handle);
        if (error == Errno.ENOTDIR && Inodes.Stat(parent, name, out var stat) == Errno.None && stat.IsSymlink)
            return Errno.ELOOP;
        return error;
    }

    /// <summary>
    /// Reads the next entries of a readable directory handle into <paramref name="buffer"/> (32 KiB is a good size), to be
    /// taken apart with <see cref="DirectoryEntries"/>. <paramref name="length"/> is 0 at the end.
    /// </summary>
    public static Errno Read(SafeFileHandle directory, Span<byte> buffer, out int length)
    {
        var result = getdents64(SystemCalls.GetDents64, directory, buffer, buffer.Length);
        length = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Makes a directory; the umask takes its part of <paramref name="permissions"/>.</summary>
    public static Errno Make(SafeFileHandle parent, ReadOnlySpan<byte> name, uint permissions) =>
        ErrnoText.Of(mkdirat(parent, name, permissions & 0xFFF));

    /// <summary>Removes an empty directory.</summary>
    public static Errno Remove(SafeFileHandle parent, ReadOnlySpan<byte> name) =>
        ErrnoText.Of(unlinkat(parent, name, AtRemoveDirectory));

    private static int DirectoryFlags(bool readable) =>
        (readable ? OpenFlags.ReadOnly : OpenFlags.PathOnly) | OpenFlags.Directory | OpenFlags.CloseOnExec;

    private static Errno Walk(SafeFileHandle root, ReadOnlySpan<byte> path, bool readable, out SafeFileHandle? handle)
    {
        handle = null;
        foreach (var range in path.Split((byte)'/'))
        {
            var last = range.End.Value == path.Length;
            var error = Open(handle ?? root, path[range], last && readable, out var next);
            handle?.Dispose();
            handle = next;
            if (error != Errno.None)
                return error;
        }
        return Errno.None;
    }

    // A container's filter may answer EPERM for calls it does not know, so any failure of a harmless call means "not there".
    private static bool ProbeOpenAt2()
    {
        if (OpenRoot("/"u8, out var root) != Errno.None)
            return false;
        using (root)
        {
            var how = new OpenHow { Flags = (ulong)DirectoryFlags(readable: false), Resolve = ResolveBeneath };
            var error = Opened(openat2(SystemCalls.OpenAt2, root!, "."u8, in how, Marshal.SizeOf<OpenHow>()), out var handle);
            handle?.Dispose();
            return error == Errno.None;
        }
    }

    private static Errno Opened(long result, out SafeFileHandle? handle)
    {
        handle = result < 0 ? null : new SafeFileHandle((nint)result, ownsHandle: true);
        return ErrnoText.Of(result);
    }

    /// <summary>The kernel's struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open([MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long openat2(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, in OpenHow how, long size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long getdents64(long number, SafeFileHandle directory, Span<byte> buffer, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle parent, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle parent, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, int flags);
}
