using System.Buffers.Binary;

namespace ChangedFiles.Linux;

/// <summary>
/// Walks over what <see cref="Directories.Read"/> put into a buffer, without "." and "..".
/// The names point into the buffer and are good until the next read.
/// </summary>
internal ref struct DirectoryEntries
{
    // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name with NUL.
    private const int LengthAt = 16, TypeAt = 18, NameAt = 19;

    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _record;

    public DirectoryEntries(ReadOnlySpan<byte> filled) => _rest = filled;

    public readonly DirectoryEntries GetEnumerator() => this;

    public readonly DirectoryEntries Current => this;

    public readonly ReadOnlySpan<byte> Name => _record[NameAt..][.._record[NameAt..].IndexOf((byte)0)];

    /// <summary>What it was when the directory was read; <see cref="FileKind.None"/> where the file system does not say.</summary>
    public readonly FileKind Kind => (FileKind)(_record[TypeAt] << 12);

    public readonly ulong Inode => BinaryPrimitives.ReadUInt64LittleEndian(_record);

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[LengthAt..]);
            _record = _rest[..length];
            _rest = _rest[length..];
            if (!IsDot(_record[NameAt..]))
                return true;
        }
        return false;
    }

    private static bool IsDot(ReadOnlySpan<byte> name) =>
        name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}
