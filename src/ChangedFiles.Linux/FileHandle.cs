using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// The file system's own name of an inode, the same whatever its paths are: what <c>name_to_handle_at(2)</c> gives and fanotify says.
/// A file system may give a removed inode's handle to a new one, but only after very many others.
/// </summary>
internal readonly partial record struct FileHandle
{
    /// <summary>The longest of ext4, xfs, btrfs, tmpfs, FUSE (8 to 20 bytes) and overlayfs (32).</summary>
    public const int MaxLength = 32;

    // struct file_handle: length of the bytes 4, type 4, then the bytes.
    private const int HeaderLength = 8;
    private const int AtEmptyPath = 0x1000;
    private const int MaxAttempts = 20;

    private readonly ulong _first, _second, _third, _fourth;
    private readonly int _length, _type;

    private FileHandle(ReadOnlySpan<byte> bytes, int type)
    {
        Span<byte> padded = stackalloc byte[MaxLength];
        padded.Clear();
        bytes.CopyTo(padded);
        _first = BinaryPrimitives.ReadUInt64LittleEndian(padded);
        _second = BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]);
        _third = BinaryPrimitives.ReadUInt64LittleEndian(padded[16..]);
        _fourth = BinaryPrimitives.ReadUInt64LittleEndian(padded[24..]);
        _length = bytes.Length;
        _type = type;
    }

    /// <summary>The handle of what is at a path below a directory (a link is not followed), and the mount it is on.</summary>
    /// <returns><see cref="Errno.EOPNOTSUPP"/> when the file system has none, <see cref="Errno.EOVERFLOW"/> when they are too long.</returns>
    public static Errno Of(SafeFileHandle directory, ReadOnlySpan<byte> path, out FileHandle handle, out int mount) =>
        Of(directory, path, 0, out handle, out mount);

    /// <summary>The handle of an open file or directory.</summary>
    public static Errno Of(SafeFileHandle open, out FileHandle handle, out int mount) => Of(open, [], AtEmptyPath, out handle, out mount);

    /// <summary>Opens what the handle stands for, as O_PATH. Needs CAP_DAC_READ_SEARCH. <see cref="Errno.ESTALE"/> when it was removed.</summary>
    /// <param name="mount">A readable directory on the same file system; the path of the result is seen through its mount.</param>
    /// <param name="directory">Only a directory: for other kinds the place in the tree that the result has is not to be trusted.</param>
    public Errno Open(SafeFileHandle mount, bool directory, out SafeFileHandle? opened)
    {
        Span<byte> buffer = stackalloc byte[HeaderLength + MaxLength];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, _length);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], _type);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], _first);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], _second);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], _third);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], _fourth);
        var flags = OpenFlags.PathOnly | OpenFlags.CloseOnExec | (directory ? OpenFlags.Directory : 0);
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = open_by_handle_at(mount, buffer, flags);
            opened = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
            var error = ErrnoText.Of(descriptor);
            // ext4 also says so while it is giving the inode number of a removed file to a new one; ESTALE a moment later.
            if (error != Errno.ENOMEM || attempt == MaxAttempts)
                return error;
            Thread.Sleep(1);
        }
    }

    /// <summary>Takes a <c>struct file_handle</c>; <paramref name="length"/> is all of it. False when it is empty or too long.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, out FileHandle handle, out int length)
    {
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        length = HeaderLength + size;
        var usable = size is > 0 and <= MaxLength;
        handle = usable ? new FileHandle(bytes.Slice(HeaderLength, size), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..])) : default;
        return usable;
    }

    public override int GetHashCode() => HashCode.Combine(_first, _second, _third);

    private static Errno Of(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out FileHandle handle, out int mount)
    {
        Span<byte> buffer = stackalloc byte[HeaderLength + MaxLength];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, MaxLength);
        var error = ErrnoText.Of(name_to_handle_at(directory, path, buffer, out mount, flags));
        handle = default;
        if (error == Errno.None && !TryParse(buffer, out handle, out _))
            return Errno.EOVERFLOW;
        return error;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int name_to_handle_at(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, Span<byte> handle, out int mount, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open_by_handle_at(SafeFileHandle mount, ReadOnlySpan<byte> handle, int flags);
}
