namespace ChangedFiles.Linux;

/// <summary>What kind of thing an inode is; the values are the type bits of <c>st_mode</c>.</summary>
public enum FileKind
{
    /// <summary>No type bits: nothing is there (docs/protocol.md 6.11 uses mode 0 so).</summary>
    None = 0,
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Symlink = 0xA000,
    Socket = 0xC000,
}

/// <summary>A point in time as the kernel keeps it: seconds since 1970 (may be negative) and 0..999,999,999 ns.</summary>
public readonly record struct FileTime(long Seconds, int Nanoseconds) : IComparable<FileTime>
{
    /// <summary>The same moment, to 100 ns.</summary>
    public static FileTime From(DateTimeOffset moment)
    {
        var seconds = moment.ToUnixTimeSeconds();
        return new FileTime(seconds, (int)(moment - DateTimeOffset.FromUnixTimeSeconds(seconds)).TotalNanoseconds);
    }

    public int CompareTo(FileTime other)
    {
        var bySeconds = Seconds.CompareTo(other.Seconds);
        return bySeconds != 0 ? bySeconds : Nanoseconds.CompareTo(other.Nanoseconds);
    }

    public static bool operator <(FileTime left, FileTime right) => left.CompareTo(right) < 0;

    public static bool operator >(FileTime left, FileTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(FileTime left, FileTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FileTime left, FileTime right) => left.CompareTo(right) >= 0;
}

/// <summary>What <c>statx(2)</c> says of an inode.</summary>
public readonly record struct FileStat
{
    /// <summary>rwx for the owner, 0700.</summary>
    public const uint OwnerAll = 0x1C0;

    /// <summary>Type and permission bits, as <c>st_mode</c> (also on the wire).</summary>
    public uint Mode { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    /// <summary>Bytes.</summary>
    public long Size { get; init; }
    public FileTime Mtime { get; init; }
    public FileTime Ctime { get; init; }
    public FileTime Atime { get; init; }
    /// <summary>Number of names of the inode.</summary>
    public uint LinkCount { get; init; }
    public ulong Inode { get; init; }
    /// <summary>The device the inode is on, <c>makedev(major, minor)</c>.</summary>
    public ulong Device { get; init; }
    /// <summary>For device nodes: the device they stand for.</summary>
    public uint RdevMajor { get; init; }
    public uint RdevMinor { get; init; }
    /// <summary>512-byte blocks allocated.</summary>
    public long Blocks { get; init; }

    public FileKind Kind => (FileKind)(Mode & 0xF000);
    /// <summary>The twelve low bits: rwx for user, group and others, set-uid, set-gid, sticky.</summary>
    public uint Permissions => Mode & 0xFFF;
    public bool IsDirectory => Kind == FileKind.Directory;
    public bool IsRegular => Kind == FileKind.Regular;
    public bool IsSymlink => Kind == FileKind.Symlink;
}
