using System.Text;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// The name of something inside a tree: bytes as the kernel has them, relative, components separated by one '/'.
/// Never absolute, no "." or ".." component, no empty component, no NUL, each component at most 255 bytes and
/// the whole at most 4095. The tree itself is <see cref="Root"/>, written "." (docs/protocol.md 6.3).
/// </summary>
public readonly struct TreePath : IEquatable<TreePath>, IComparable<TreePath>
{
    /// <summary>Longest path in bytes (docs/protocol.md 11.5).</summary>
    public const int MaxLength = 4095;

    /// <summary>Longest component in bytes (the kernel's NAME_MAX).</summary>
    public const int MaxNameLength = 255;

    private static readonly byte[] Dot = "."u8.ToArray();

    private readonly byte[]? _bytes;

    private TreePath(byte[] bytes) => _bytes = bytes;

    /// <summary>The top of the tree.</summary>
    public static TreePath Root => default;

    /// <summary>The bytes; "." for the root.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes ?? Dot;

    /// <summary>The same where they have to be kept.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes ?? Dot;

    /// <summary>True for the top of the tree.</summary>
    public bool IsRoot => _bytes is null;

    /// <summary>The last component; "." for the root.</summary>
    public ReadOnlySpan<byte> Name => Bytes[(Bytes.LastIndexOf((byte)'/') + 1)..];

    /// <summary>The directory this is in; the root is its own parent.</summary>
    public TreePath Parent
    {
        get
        {
            var slash = Bytes.LastIndexOf((byte)'/');
            return slash < 0 ? Root : new TreePath(Bytes[..slash].ToArray());
        }
    }

    /// <summary>The directories above this one from the top down, without the root, and itself.</summary>
    internal IEnumerable<TreePath> WithParents()
    {
        for (var i = 1; i < Bytes.Length; i++)
        {
            if (Bytes[i] == '/')
                yield return new TreePath(Bytes[..i].ToArray());
        }
        yield return this;
    }

    /// <summary>The bytes of <see cref="Parent"/> without making one; empty when that is the root.</summary>
    internal ReadOnlySpan<byte> ParentBytes => Bytes[..Math.Max(Bytes.LastIndexOf((byte)'/'), 0)];

    internal bool IsDirectlyIn(TreePath directory) => ParentBytes.SequenceEqual(directory.IsRoot ? [] : directory.Bytes);

    /// <summary>Number of components; 0 for the root.</summary>
    public int Depth => IsRoot ? 0 : Bytes.Count((byte)'/') + 1;

    /// <summary>Takes a well-formed path; false when it breaks one of the rules above. "." is the root.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TreePath path)
    {
        path = default;
        if (bytes.SequenceEqual(Dot))
            return true;
        if (bytes.IsEmpty || bytes.Length > MaxLength || bytes.IndexOf((byte)0) >= 0)
            return false;
        for (var rest = bytes; ;)
        {
            var slash = rest.IndexOf((byte)'/');
            if (!IsName(slash < 0 ? rest : rest[..slash]))
                return false;
            if (slash < 0)
                break;
            rest = rest[(slash + 1)..];
        }
        path = new TreePath(bytes.ToArray());
        return true;
    }

    /// <summary>Takes a well-formed path.</summary>
    /// <exception cref="FormatException">It breaks one of the rules above.</exception>
    public static TreePath Parse(ReadOnlySpan<byte> bytes) =>
        TryParse(bytes, out var path) ? path : throw new FormatException($"not a path inside a tree: \"{Printable(bytes)}\"");

    /// <summary>Takes a well-formed path in text form (UTF-8 on disk).</summary>
    /// <exception cref="FormatException">It breaks one of the rules above.</exception>
    public static TreePath Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// What is named <paramref name="name"/> in this directory. The name is one component, as a directory listing gives it.
    /// In very deep trees the result can exceed <see cref="MaxLength"/>: every tree answers it with ENAMETOOLONG.
    /// </summary>
    public TreePath Child(ReadOnlySpan<byte> name)
    {
        if (_bytes is null)
            return new TreePath(name.ToArray());
        var joined = new byte[_bytes.Length + 1 + name.Length];
        _bytes.CopyTo(joined, 0);
        joined[_bytes.Length] = (byte)'/';
        name.CopyTo(joined.AsSpan(_bytes.Length + 1));
        return new TreePath(joined);
    }

    /// <summary>The path that <paramref name="below"/> has when it is taken relative to this directory's tree.</summary>
    public TreePath Append(TreePath below) => below.IsRoot ? this : Child(below.Bytes);

    /// <summary>True when this is inside <paramref name="directory"/>, at any depth; not for the directory itself.</summary>
    public bool IsBelow(TreePath directory) =>
        directory.IsRoot
            ? !IsRoot
            : Bytes.Length > directory.Bytes.Length && Bytes[directory.Bytes.Length] == '/' && Bytes.StartsWith(directory.Bytes);

    /// <summary>This path as seen from <paramref name="directory"/>, which it is below or equal to.</summary>
    public TreePath RelativeTo(TreePath directory)
    {
        if (directory.IsRoot)
            return this;
        if (Equals(directory))
            return Root;
        return IsBelow(directory)
            ? new TreePath(Bytes[(directory.Bytes.Length + 1)..].ToArray())
            : throw new ArgumentException($"{this} is not below {directory}", nameof(directory));
    }

    public bool Equals(TreePath other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is TreePath other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Order of the plain bytes. The order of a file list is another one (docs/protocol.md 6.6).</summary>
    public int CompareTo(TreePath other) => Bytes.SequenceCompareTo(other.Bytes);

    public static bool operator ==(TreePath left, TreePath right) => left.Equals(right);

    public static bool operator !=(TreePath left, TreePath right) => !left.Equals(right);

    public static bool operator <(TreePath left, TreePath right) => left.CompareTo(right) < 0;

    public static bool operator >(TreePath left, TreePath right) => left.CompareTo(right) > 0;

    public static bool operator <=(TreePath left, TreePath right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TreePath left, TreePath right) => left.CompareTo(right) >= 0;

    /// <summary>For people: UTF-8, with every byte that is not printable as <c>\#ooo</c> (octal), as rsync writes names.</summary>
    public override string ToString() => Printable(Bytes);

    /// <summary>Any bytes in the form of <see cref="ToString"/>.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune))
                text.Append(rune);
            else
                foreach (var b in bytes[..used])
                    text.Append("\\#").Append(Convert.ToString(b, 8).PadLeft(3, '0'));
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    private static bool IsName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name.Length <= MaxNameLength && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8);
}
