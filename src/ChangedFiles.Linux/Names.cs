using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Names in directories: making, moving and removing them. Each is a directory handle and one name in it; none is followed.</summary>
internal static partial class Names
{
    internal const int AtRemoveDirectory = 0x200;

    /// <summary>Gives an inode another name, replacing what has it. Two names of one inode both stay.</summary>
    public static Errno Rename(SafeFileHandle oldDirectory, ReadOnlySpan<byte> oldName, SafeFileHandle newDirectory, ReadOnlySpan<byte> newName) =>
        ErrnoText.Of(renameat(oldDirectory, oldName, newDirectory, newName));

    /// <summary>Gives an inode (also a symbolic link itself) one more name.</summary>
    public static Errno Link(SafeFileHandle oldDirectory, ReadOnlySpan<byte> oldName, SafeFileHandle newDirectory, ReadOnlySpan<byte> newName) =>
        ErrnoText.Of(linkat(oldDirectory, oldName, newDirectory, newName, 0));

    /// <summary>Removes a name that is no directory.</summary>
    public static Errno Unlink(SafeFileHandle directory, ReadOnlySpan<byte> name) => Unlink(directory, name, 0);

    /// <summary>Makes a symbolic link with the text <paramref name="target"/>.</summary>
    public static Errno Symlink(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        ErrnoText.Of(symlinkat(target, directory, name));

    /// <summary>Reads the text of a symbolic link; a text that fills <paramref name="buffer"/> may have been cut.</summary>
    public static Errno ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        var result = readlinkat(directory, name, buffer, buffer.Length);
        length = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Makes a fifo, socket or device; the umask takes its part of the permissions in <paramref name="mode"/>.</summary>
    public static Errno MakeNode(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode, uint major, uint minor) =>
        ErrnoText.Of(mknodat(SystemCalls.MknodAt, directory, name, mode, DeviceNumber.Make(major, minor)));

    internal static Errno Unlink(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags) =>
        ErrnoText.Of(unlinkat(directory, name, flags));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(
        SafeFileHandle oldDirectory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> oldName,
        SafeFileHandle newDirectory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> newName);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int linkat(
        SafeFileHandle oldDirectory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> oldName,
        SafeFileHandle newDirectory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> newName, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> target,
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, Span<byte> buffer, nint length);

    // The dev_t of the C library passes through the kernel's 32 bits: majors below 4096 and minors below 2^20 fit.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long mknodat(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long mode, ulong device);
}
