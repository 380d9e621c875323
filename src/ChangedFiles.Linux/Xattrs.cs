using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// Extended attributes of an open file, or of what is called <c>name</c> in a directory (a link is not followed, and
/// nothing is opened, so no permission to read is needed and no device notices). An empty name is the open file itself.
/// </summary>
internal static partial class Xattrs
{
    private const int AtSymlinkNoFollow = 0x100;

    /// <summary>
    /// Linux 6.13 has calls that take a directory handle; before, the way to it leads over /proc/self/fd.
    /// Tests turn it off to go that way.
    /// </summary>
    internal static bool HasXattrAt { get; set; } = ProbeXattrAt();

    /// <summary>The names, each with a NUL behind; <see cref="Errno.ERANGE"/> when the buffer is too small, the size needed when it is empty.</summary>
    public static Errno List(SafeFileHandle handle, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        nint result;
        if (name.IsEmpty)
            result = flistxattr(handle, buffer, buffer.Length);
        else if (HasXattrAt)
            result = listxattrat(SystemCalls.ListXattrAt, handle, name, AtSymlinkNoFollow, buffer, buffer.Length);
        else
            result = llistxattr(ProcPath(handle, name), buffer, buffer.Length);
        length = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>A value; <see cref="Errno.ENODATA"/> when there is none, the size when the buffer is empty.</summary>
    public static Errno Get(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> buffer, out int length)
    {
        nint result;
        if (name.IsEmpty)
            result = fgetxattr(handle, attribute, buffer, buffer.Length);
        else if (HasXattrAt)
            result = GetAt(handle, name, attribute, buffer);
        else
            result = lgetxattr(ProcPath(handle, name), attribute, buffer, buffer.Length);
        length = (int)Math.Max(result, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Creates or replaces a value.</summary>
    public static Errno Set(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        nint result;
        if (name.IsEmpty)
            result = fsetxattr(handle, attribute, value, value.Length, 0);
        else if (HasXattrAt)
            result = SetAt(handle, name, attribute, value);
        else
            result = lsetxattr(ProcPath(handle, name), attribute, value, value.Length, 0);
        return ErrnoText.Of(result);
    }

    /// <summary>Removes a value; <see cref="Errno.ENODATA"/> when there is none.</summary>
    public static Errno Remove(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        nint result;
        if (name.IsEmpty)
            result = fremovexattr(handle, attribute);
        else if (HasXattrAt)
            result = removexattrat(SystemCalls.RemoveXattrAt, handle, name, AtSymlinkNoFollow, attribute);
        else
            result = lremovexattr(ProcPath(handle, name), attribute);
        return ErrnoText.Of(result);
    }

    // As for openat2: a filter may answer EPERM instead of ENOSYS, so the call is tried where it cannot fail.
    private static bool ProbeXattrAt()
    {
        if (Directories.OpenRoot("/"u8, out var root) != Errno.None)
            return false;
        using (root)
            return listxattrat(SystemCalls.ListXattrAt, root!, "."u8, AtSymlinkNoFollow, [], 0) >= 0;
    }

    // The link in /proc leads to the directory itself wherever it is now; the one name behind it is not followed.
    private static byte[] ProcPath(SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.DangerousGetHandle()}/"), .. name];

    private static unsafe nint GetAt(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> buffer)
    {
        fixed (byte* value = buffer)
        {
            var arguments = new XattrArgs { Value = (ulong)value, Size = (uint)buffer.Length };
            return getxattrat(SystemCalls.GetXattrAt, directory, name, AtSymlinkNoFollow, attribute, ref arguments, sizeof(XattrArgs));
        }
    }

    private static unsafe nint SetAt(
        SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            var arguments = new XattrArgs { Value = (ulong)bytes, Size = (uint)value.Length };
            return setxattrat(SystemCalls.SetXattrAt, directory, name, AtSymlinkNoFollow, attribute, ref arguments, sizeof(XattrArgs));
        }
    }

    /// <summary>The kernel's struct xattr_args.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct XattrArgs
    {
        public ulong Value;
        public uint Size;
        public uint Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(SafeFileHandle file, Span<byte> list, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fgetxattr(
        SafeFileHandle file, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, Span<byte> value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsetxattr(
        SafeFileHandle file, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fremovexattr(SafeFileHandle file, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint llistxattr([MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, Span<byte> list, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, Span<byte> value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lsetxattr(
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int lremovexattr(
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint listxattrat(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long flags,
        Span<byte> list, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint getxattrat(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long flags,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, ref XattrArgs arguments, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint setxattrat(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long flags,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute, ref XattrArgs arguments, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint removexattrat(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> name, long flags,
        [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> attribute);
}
