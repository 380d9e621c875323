using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Directories as handles: the only way from a name to a place in a tree.</summary>
internal static partial class Directories
{
    /// <summary>How a directory is opened that only names are taken in.</summary>
    internal static readonly int NamesOnly = OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;

    private static readonly int Readable = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;

    /// <summary>Pins the directory at a path that the operator named; symbolic links on the way are followed.</summary>
    public static Errno OpenRoot(ReadOnlySpan<byte> path, out SafeFileHandle? handle) =>
        Resolution.Opened(open(path, NamesOnly), out handle);

    /// <summary>
    /// Opens the directory at a relative path without ".." below <paramref name="root"/>.
    /// A handle that is not <paramref name="readable"/> (O_PATH) only takes names, and needs no read permission.
    /// </summary>
    public static Errno OpenBeneath(
        SafeFileHandle root, ReadOnlySpan<byte> path, LinkPolicy links, bool readable, out SafeFileHandle? handle) =>
        Resolution.Open(root, path, readable ? Readable : NamesOnly, links, out handle);

    /// <summary>Opens the directory called <paramref name="name"/>, which is no symbolic link.</summary>
    public static Errno Open(SafeFileHandle parent, ReadOnlySpan<byte> name, bool readable, out SafeFileHandle? handle) =>
        Resolution.OpenName(parent, name, readable ? Readable : NamesOnly, 0, out handle);

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
        Names.Unlink(parent, name, Names.AtRemoveDirectory);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open([MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long getdents64(long number, SafeFileHandle directory, Span<byte> buffer, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle parent, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, uint mode);
}
