using System.Globalization;
using System.Text;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// What <c>--fake-super</c> notes of an inode in its attribute <c>user.rsync.%stat</c>, in rsync's own form: "MODE MAJOR,MINOR UID:GID", the
/// mode octal. Attributes of other namespaces than user's are kept below <c>user.rsync.</c>.
/// </summary>
internal readonly record struct FakeSuper
{
    /// <summary>The type and permissions of symbolic links.</summary>
    public const uint SymlinkMode = (uint)FileKind.Symlink | 0x1FF;

    private const uint TypeBits = 0xF000;

    public static ReadOnlySpan<byte> Attribute => "user.rsync.%stat"u8;

    private static ReadOnlySpan<byte> Prefix => "user.rsync."u8;

    /// <summary>Type and permission bits.</summary>
    public uint Mode { get; init; }

    public uint Major { get; init; }
    public uint Minor { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>What an inode without the attribute stands for: itself.</summary>
    public static FakeSuper Of(in FileStat stat) => new() { Mode = stat.Mode, Uid = stat.Uid, Gid = stat.Gid };

    /// <summary>Reads the attribute; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out FakeSuper fake)
    {
        fake = default;
        if (Encoding.ASCII.GetString(value.TrimEnd((byte)0)).Split(' ', ',', ':') is not [var mode, var major, var minor, var uid, var gid]
            || !TryParseOctal(mode, out var bits)
            || !uint.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !uint.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            || !uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            || !uint.TryParse(gid, NumberStyles.None, CultureInfo.InvariantCulture, out var group))
            return false;
        fake = new FakeSuper { Mode = bits, Major = first, Minor = second, Uid = owner, Gid = group };
        return true;
    }

    public byte[] Format() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Octal(Mode)} {Major},{Minor} {Uid}:{Gid}"));

    /// <summary>An inode as it is to be seen.</summary>
    public FileStat Show(in FileStat real) => real with { Mode = Mode, RdevMajor = Major, RdevMinor = Minor, Uid = Uid, Gid = Gid };

    /// <summary>The same with what is to be changed. Its kind stays.</summary>
    public FakeSuper With(in Metadata wanted) => this with
    {
        Mode = wanted.Mode is { } mode ? (Mode & TypeBits) | (mode & ~TypeBits) : Mode,
        Uid = wanted.Uid ?? Uid,
        Gid = wanted.Gid ?? Gid,
    };

    /// <summary>The mode that the inode itself has: usable by its owner, nothing special.</summary>
    public uint RealMode(in FileStat real) => (real.Mode & TypeBits) | (Mode & 0x1FF) | (real.IsDirectory ? FileStat.OwnerAll : 0x180u);

    /// <summary>True for attributes in which rsync notes something for itself.</summary>
    public static bool IsNote(ReadOnlySpan<byte> name) => name.StartsWith("user.rsync.%"u8);

    /// <summary>The name under which an attribute is kept.</summary>
    public static ReadOnlySpan<byte> Stored(ReadOnlySpan<byte> name) =>
        name.StartsWith("user."u8) || name.StartsWith("system."u8) ? name : (byte[])[.. Prefix, .. name];

    /// <summary>Turns names of attributes into those that they stand for; the notes themselves are left out.</summary>
    public static void Show(List<byte[]> names)
    {
        names.RemoveAll(static name => IsNote(name));
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].AsSpan().StartsWith(Prefix))
                names[i] = names[i][Prefix.Length..];
        }
    }

    private static string Octal(uint mode) => Convert.ToString((int)mode, 8);

    private static bool TryParseOctal(string text, out uint value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < '0' or > '7' || value > 0xFFFF)
                return false;
            value = value * 8 + (uint)(digit - '0');
        }
        return text.Length > 0;
    }
}
