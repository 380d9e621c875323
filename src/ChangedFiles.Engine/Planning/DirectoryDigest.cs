using System.Buffers.Binary;
using ChangedFiles.Linux;

namespace ChangedFiles.Engine.Planning;

/// <summary>
/// One number for a directory's own state and its names, in whatever order they are added. Two states of a directory have the same number by chance
/// once in 2^64. The change time is in it: nobody sets that, so a state that was left never comes back.
/// </summary>
internal struct DirectoryDigest
{
    private ulong _names;

    /// <summary>The youngest change time seen.</summary>
    public FileTime Newest { get; private set; }

    /// <summary>A name in the directory. What is in a directory is not a matter of the directory above it, so neither are its times.</summary>
    public void Add(ReadOnlySpan<byte> name, in FileStat stat)
    {
        var hash = Fold(Permissions(stat), stat.Inode);
        if (!stat.IsDirectory)
            hash = Fold(Fold(Times(hash, stat), (ulong)stat.Size), ((ulong)stat.RdevMajor << 32) | stat.RdevMinor);
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
            hash = Fold(hash, BinaryPrimitives.ReadUInt64LittleEndian(name));
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        name.CopyTo(rest);
        _names += Fold(Fold(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest)), (ulong)name.Length);
    }

    /// <summary>The number, with the directory itself.</summary>
    public ulong Of(in FileStat directory) => Fold(Times(Fold(Permissions(directory), directory.Inode), directory), _names);

    public static ulong Of(ReadOnlySpan<byte> path)
    {
        var digest = default(DirectoryDigest);
        digest.Add(path, default);
        return digest._names;
    }

    private static ulong Permissions(in FileStat stat) => Fold(stat.Mode, ((ulong)stat.Uid << 32) | stat.Gid);

    private ulong Times(ulong hash, in FileStat stat)
    {
        if (stat.Ctime > Newest)
            Newest = stat.Ctime;
        return Fold(Time(hash, stat.Mtime), Time(0, stat.Ctime));
    }

    private static ulong Time(ulong hash, FileTime time) => Fold(hash ^ (ulong)time.Seconds, (ulong)time.Nanoseconds);

    /// <summary>Both halves of a 128-bit product: every bit of both arguments moves every bit of the result.</summary>
    private static ulong Fold(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ 0x9E3779B97F4A7C15, value ^ 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }
}
