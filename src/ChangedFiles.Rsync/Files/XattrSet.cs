using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>Reading and replacing all extended attributes of one inode (an empty name is the open file itself).</summary>
internal static class XattrSet
{
    // The kernel's own limits: XATTR_LIST_MAX and XATTR_SIZE_MAX.
    private const int MaxSize = 64 << 10;
    private const int FirstTry = 256;

    private delegate Errno Reader(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> buffer, out int length);

    /// <summary>Adds the names of the attributes, in the file system's order.</summary>
    public static Errno List(SafeFileHandle handle, ReadOnlySpan<byte> name, List<byte[]> attributes)
    {
        var error = Read(handle, name, [], static (h, n, _, buffer, out length) => Xattrs.List(h, n, buffer, out length), out var list);
        foreach (var range in list.AsSpan().Split((byte)0))
        {
            if (!list.AsSpan(range).IsEmpty)
                attributes.Add(list[range]);
        }
        return error;
    }

    /// <summary>The value of one attribute.</summary>
    public static Errno Get(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, out byte[] value) =>
        Read(handle, name, attribute, Xattrs.Get, out value);

    /// <summary>Sets all of <paramref name="wanted"/> and removes what else is there and not kept, as far as this user may touch it.</summary>
    public static Errno Replace(SafeFileHandle handle, ReadOnlySpan<byte> name, IReadOnlyList<Xattr> wanted, XattrNames? keeps)
    {
        var present = new List<byte[]>();
        var first = List(handle, name, present);
        if (first == Errno.EOPNOTSUPP && wanted.Count == 0)
            return Errno.None;
        foreach (var attribute in present)
        {
            if (!(keeps is null ? IsSystem(attribute) : keeps(attribute)) && MayTouch(attribute) && !FakeSuper.IsNote(attribute) && !wanted.Any(x => x.Name.AsSpan().SequenceEqual(attribute)))
                Note(Xattrs.Remove(handle, name, attribute));
        }
        foreach (var xattr in wanted)
        {
            if (MayTouch(xattr.Name))
                Note(Xattrs.Set(handle, name, xattr.Name, xattr.Value));
        }
        return first;

        void Note(Errno error) => first = first == Errno.None ? error : first;
    }

    // ACLs travel by themselves, unless the other side filters attributes: then they come like any other.
    private static bool IsSystem(ReadOnlySpan<byte> attribute) => attribute.StartsWith("system."u8);

    private static bool MayTouch(ReadOnlySpan<byte> attribute) => attribute.StartsWith("user."u8) || Environment.IsPrivilegedProcess;

    private static Errno Read(SafeFileHandle handle, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Reader reader, out byte[] value)
    {
        Span<byte> small = stackalloc byte[FirstTry];
        var error = reader(handle, name, attribute, small, out var length);
        if (error != Errno.ERANGE)
        {
            value = small[..length].ToArray();
            return error;
        }
        value = new byte[MaxSize];
        error = reader(handle, name, attribute, value, out length);
        Array.Resize(ref value, length);
        return error;
    }
}
