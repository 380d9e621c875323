using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>The kernel's own names of open files: <c>/proc/self/fd/N</c>.</summary>
internal static class DescriptorPath
{
    /// <summary>Enough for any <c>/proc/self/fd/N</c>.</summary>
    internal const int MaxLength = 32;

    /// <summary>Where an open file is now, as this process would name it. A removed one has " (deleted)" behind.</summary>
    /// <returns><see cref="Errno.ENAMETOOLONG"/> when the path is longer than 4095 bytes.</returns>
    public static Errno Read(SafeFileHandle handle, Span<byte> buffer, out int length) =>
        Names.ReadLink(handle, Format(handle, stackalloc byte[MaxLength]), buffer, out length);

    /// <summary>Writes <c>/proc/self/fd/N</c>: a path that leads to the open file itself, whatever is at its name by now.</summary>
    internal static ReadOnlySpan<byte> Format(SafeFileHandle handle, Span<byte> buffer)
    {
        "/proc/self/fd/"u8.CopyTo(buffer);
        Utf8Formatter.TryFormat((int)handle.DangerousGetHandle(), buffer["/proc/self/fd/".Length..], out var digits);
        return buffer[..("/proc/self/fd/".Length + digits)];
    }
}
