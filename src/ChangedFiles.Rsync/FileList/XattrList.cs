using System.Security.Cryptography;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// The extended attributes of a listed file, sorted by name (docs/protocol.md 9.3). Short values are at hand; of a long one the list has
/// only length and digest, and its value is fetched when it is needed. Files with equal attributes share one of these.
/// </summary>
internal sealed class XattrList : IEquatable<XattrList>
{
    private readonly int _hash;

    internal XattrList(IReadOnlyList<ListedXattr> items)
    {
        Items = items;
        var hash = new HashCode();
        foreach (var item in items)
        {
            hash.AddBytes(item.Name);
            hash.AddBytes(item.Listed);
        }
        _hash = hash.ToHashCode();
    }

    /// <summary>No attributes.</summary>
    public static XattrList Empty { get; } = new([]);

    /// <summary>The attributes. The wire counts them from 1.</summary>
    public IReadOnlyList<ListedXattr> Items { get; }

    /// <summary>The list of a file's attributes, given in any order.</summary>
    public static XattrList Of(IEnumerable<Xattr> xattrs)
    {
        ListedXattr[] items = [.. xattrs.Select(xattr => new ListedXattr(xattr.Name, xattr.Value))];
        Array.Sort(items, static (left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        return items.Length == 0 ? Empty : new XattrList(items);
    }

    public bool Equals(XattrList? other) =>
        other is not null && _hash == other._hash && Items.SequenceEqual(other.Items, SameListed.Instance);

    public override bool Equals(object? obj) => Equals(obj as XattrList);

    public override int GetHashCode() => _hash;

    private sealed class SameListed : IEqualityComparer<ListedXattr>
    {
        public static SameListed Instance { get; } = new();

        public bool Equals(ListedXattr? x, ListedXattr? y) =>
            x!.Length == y!.Length && x.Name.AsSpan().SequenceEqual(y.Name) && x.Listed.AsSpan().SequenceEqual(y.Listed);

        public int GetHashCode(ListedXattr obj) => obj.Length;
    }
}

/// <summary>One attribute of an <see cref="XattrList"/>.</summary>
internal sealed class ListedXattr
{
    /// <summary>Longest value in bytes that travels with the list.</summary>
    public const int MaxListedValue = 32;

    internal const int DigestLength = MD5.HashSizeInBytes;

    /// <summary>An attribute of this side.</summary>
    internal ListedXattr(byte[] name, byte[] value)
    {
        (Name, Length) = (name, value.Length);
        Listed = value.Length > MaxListedValue ? Digest(value) : value;
    }

    /// <summary>An attribute of the peer's.</summary>
    internal ListedXattr(byte[] name, int length, byte[] listed) => (Name, Length, Listed) = (name, length, listed);

    /// <summary>With its namespace, for example <c>user.x</c>; without a NUL.</summary>
    public byte[] Name { get; }

    /// <summary>Bytes of the value.</summary>
    public int Length { get; }

    /// <summary>True when the list has only the digest of the value.</summary>
    public bool IsLong => Length > MaxListedValue;

    /// <summary>What the list has: the value, or the MD5 digest of a long one.</summary>
    internal byte[] Listed { get; }

    /// <summary>The value; null while a long one has not been fetched (on the sending side it is never kept).</summary>
    public byte[]? Value
    {
        get => IsLong ? field : Listed;
        internal set;
    }

    /// <summary>True when the peer has been asked for the value, which may be done once in a session.</summary>
    internal bool IsRequested { get; set; }

    /// <summary>True when <paramref name="value"/> is this attribute's.</summary>
    public bool IsEqualTo(ReadOnlySpan<byte> value)
    {
        if (value.Length != Length)
            return false;
        return IsLong ? Digest(value).AsSpan().SequenceEqual(Listed) : value.SequenceEqual(Listed);
    }

    // MD5 is what the protocol has; it finds equal values, it does not protect anything.
#pragma warning disable CA5351
    private static byte[] Digest(ReadOnlySpan<byte> value) => MD5.HashData(value);
#pragma warning restore CA5351
}
