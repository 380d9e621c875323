using System.Diagnostics.CodeAnalysis;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>What a list says about a directory's contents (docs/protocol.md 6.2). The values are those of the wire.</summary>
[Flags]
internal enum DirectoryContent
{
    /// <summary>The contents are, or will be, in the transfer: the receiver may delete inside.</summary>
    Listed = 0,
    /// <summary>The same, and named by the user: the top of a hierarchy.</summary>
    Top = 0x001,
    /// <summary>Only the directory itself is in the transfer.</summary>
    None = 0x100,
    /// <summary>The parent of something named with <c>--relative</c>.</summary>
    Implied = Top | None,
}

/// <summary>
/// One file of a list, as it was seen by a sender or as it came over the wire. A list may hold a million of these, so what few files
/// have is kept apart. Not changed after it has been listed.
/// </summary>
public sealed class FileEntry
{
    private ushort _mode;
    private readonly int _mtimeNanoseconds;
    private readonly long _mtimeSeconds;
    private byte[]? _targetOrChecksum;
    private RareParts? _rare;

    internal FileEntry()
    {
    }

    /// <summary>Another name of the same inode (9.1).</summary>
    [SetsRequiredMembers]
    internal FileEntry(FileEntry first, TreePath path)
    {
        Path = path;
        (_mode, Length, _mtimeSeconds, _mtimeNanoseconds) = (first._mode, first.Length, first._mtimeSeconds, first._mtimeNanoseconds);
        (Uid, Gid, _targetOrChecksum, _rare) = (first.Uid, first.Gid, first._targetOrChecksum, first._rare?.Copy());
    }

    /// <summary>Where it is, relative to the top of the transfer; <see cref="TreePath.Root"/> is the top itself.</summary>
    public required TreePath Path { get; init; }

    /// <summary>On the sending side: where its data is read, under <see cref="Path"/>; null for the session's own source.</summary>
    internal SourceRoot? Source { get; set; }

    /// <summary>Type and permission bits as <c>st_mode</c>; 0 is a name to be deleted (6.11).</summary>
    public uint Mode
    {
        get => _mode;
        init => _mode = checked((ushort)value);
    }

    /// <summary>Bytes of a regular file; informative for directories and symlinks; 0 for everything else.</summary>
    public long Length { get; init; }

    /// <summary>Time of the last change of the contents. The wire carries nanoseconds from protocol 31 on.</summary>
    public FileTime Mtime
    {
        get => new(_mtimeSeconds, _mtimeNanoseconds);
        init => (_mtimeSeconds, _mtimeNanoseconds) = (value.Seconds, value.Nanoseconds);
    }

    /// <summary>Owner; on the receiving side already an id of this machine.</summary>
    public uint Uid { get; internal set; }

    /// <summary>Group; on the receiving side already an id of this machine.</summary>
    public uint Gid { get; internal set; }

    /// <summary>For directories: what the list holds of them.</summary>
    internal DirectoryContent Content { get; set; } = DirectoryContent.Listed;

    /// <summary>True when the name came with a leading slash, which counts for the order of the list only (6.3, 6.6).</summary>
    internal bool FromRoot { get; init; }

    /// <summary>On the receiving side: what the generator notes of it.</summary>
    internal EntryMarks Marks { get; set; }

    /// <summary>A second entry of one name: it keeps its number but is never used (6.6).</summary>
    internal bool IsBlank { get; set; }

    /// <summary>The text of a symbolic link, 1 to 4095 bytes; null for anything else, or when links are not preserved.</summary>
    public byte[]? LinkTarget
    {
        get => Kind == FileKind.Symlink ? _targetOrChecksum : null;
        init => _targetOrChecksum = value ?? _targetOrChecksum;
    }

    /// <summary>Digest of a regular file's contents with <c>--checksum</c>; null when it is not known.</summary>
    public byte[]? Checksum
    {
        get => Kind == FileKind.Regular ? _targetOrChecksum : null;
        init => _targetOrChecksum = value ?? _targetOrChecksum;
    }

    /// <summary>For device nodes: what they stand for.</summary>
    public DeviceId Rdev
    {
        get => _rare?.Rdev ?? default;
        init
        {
            if (value != default)
                Rare.Rdev = value;
        }
    }

    /// <summary>Seconds since 1970 of the last read, with <c>--atimes</c>.</summary>
    public long Atime
    {
        get => _rare?.Atime ?? 0;
        init
        {
            if (value != 0)
                Rare.Atime = value;
        }
    }

    /// <summary>The names that share this inode, with <c>--hard-links</c>; null when there is no other in the transfer.</summary>
    internal HardLinkGroup? Links
    {
        get => _rare?.Links;
        set
        {
            if (value is not null || _rare is not null)
                Rare.Links = value;
        }
    }

    /// <summary>
    /// With <c>--acls</c>: the access ACL without what follows from <see cref="Mode"/> (9.4, <see cref="PosixAcl.WithoutMode"/>); null for none.
    /// </summary>
    internal PosixAcl? AccessAcl
    {
        get => _rare?.AccessAcl;
        set
        {
            if (value is not null || _rare is not null)
                Rare.AccessAcl = value;
        }
    }

    /// <summary>With <c>--acls</c>: what new files in this directory start with; null for none.</summary>
    internal PosixAcl? DefaultAcl
    {
        get => _rare?.DefaultAcl;
        set
        {
            if (value is not null || _rare is not null)
                Rare.DefaultAcl = value;
        }
    }

    /// <summary>With <c>--xattrs</c>: the extended attributes; null for none.</summary>
    internal XattrList? Xattrs
    {
        get => _rare?.Xattrs;
        set
        {
            if (value is not null || _rare is not null)
                Rare.Xattrs = value;
        }
    }

    public FileKind Kind => (FileKind)(_mode & 0xF000);
    /// <summary>The twelve low bits of <see cref="Mode"/>.</summary>
    internal uint Permissions => _mode & 0xFFFu;
    public bool IsDirectory => Kind == FileKind.Directory;
    public bool IsRegular => Kind == FileKind.Regular;
    public bool IsSymlink => Kind == FileKind.Symlink;
    public bool IsDevice => Kind is FileKind.CharacterDevice or FileKind.BlockDevice;
    /// <summary>A fifo or socket.</summary>
    public bool IsSpecial => Kind is FileKind.Fifo or FileKind.Socket;
    /// <summary>A name to be deleted at the receiver (6.11).</summary>
    public bool IsMissing => _mode == 0;

    /// <summary>An entry with the attributes of <paramref name="stat"/>. A symbolic link needs its target as well.</summary>
    internal static FileEntry From(TreePath path, in FileStat stat, byte[]? linkTarget = null,
        DirectoryContent content = DirectoryContent.Listed, bool withAtime = false)
    {
        var isNode = stat.Kind is FileKind.CharacterDevice or FileKind.BlockDevice or FileKind.Fifo or FileKind.Socket;
        return new FileEntry
        {
            Path = path,
            Mode = stat.Mode,
            Length = isNode ? 0 : stat.Size,
            Mtime = stat.Mtime,
            Uid = stat.Uid,
            Gid = stat.Gid,
            Content = content,
            LinkTarget = linkTarget,
            Rdev = stat.Kind is FileKind.CharacterDevice or FileKind.BlockDevice ? new(stat.RdevMajor, stat.RdevMinor) : default,
            Atime = withAtime ? stat.Atime.Seconds : 0,
        };
    }

    /// <summary>An entry that makes the receiver delete what has this name (<c>--delete-missing-args</c>, 6.11 and 10.6).</summary>
    internal static FileEntry Missing(TreePath path) => new() { Path = path };

    /// <summary>What is told of it.</summary>
    internal ItemReport Report(ItemFlags flags, bool sending) => new()
    {
        Name = Path.Memory,
        Directory = Source?.Directory ?? default,
        Flags = flags,
        Mode = Mode,
        Length = Length,
        Mtime = Mtime,
        Uid = Uid,
        Gid = Gid,
        LinkTarget = LinkTarget,
        Checksum = Checksum,
        Sending = sending,
    };

    /// <summary>Other permission bits, as <c>--chmod</c> wants them.</summary>
    internal void ChangeMode(uint mode) => _mode = checked((ushort)mode);

    internal void SetChecksum(byte[]? checksum) => _targetOrChecksum = checksum;

    public override string ToString() => IsDirectory ? $"{Path}/" : Path.ToString();

    private RareParts Rare => _rare ??= new RareParts();

    private sealed class RareParts
    {
        public DeviceId Rdev;
        public long Atime;
        public HardLinkGroup? Links;
        public PosixAcl? AccessAcl;
        public PosixAcl? DefaultAcl;
        public XattrList? Xattrs;

        public RareParts Copy() => (RareParts)MemberwiseClone();
    }
}

/// <summary>What a generator notes of an entry.</summary>
[Flags]
internal enum EntryMarks : byte
{
    None = 0,
    /// <summary>A directory that this session made, and has not reported yet.</summary>
    Made = 1,
    /// <summary>A directory that is not there: what is in it is passed over, or new in a dry run.</summary>
    Missing = 2,
}

/// <summary>The device that a device node stands for.</summary>
public readonly record struct DeviceId(uint Major, uint Minor);
