using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>Entries and encodings from a seed.</summary>
internal sealed class RandomEntries(int seed)
{
    private static readonly FileKind[] Kinds =
    [
        FileKind.Regular, FileKind.Regular, FileKind.Regular, FileKind.Symlink,
        FileKind.CharacterDevice, FileKind.BlockDevice, FileKind.Fifo, FileKind.Socket,
    ];

    private readonly Random _random = new(seed);

    public Random Random => _random;

    public bool Flip() => _random.Next(2) == 0;

    public FileListFormat Format(bool incremental) => new()
    {
        Protocol = _random.Next(30, 33),
        VarintFlags = Flip(),
        SafeEnd = Flip(),
        Id0Names = Flip(),
        Incremental = incremental,
        Owner = Flip(),
        Group = Flip(),
        Devices = Flip(),
        Specials = Flip(),
        Links = Flip(),
        HardLinks = Flip(),
        Atimes = Flip(),
        Acls = Flip(),
        Xattrs = Flip(),
        NumericIds = Flip(),
        MissingArguments = Flip(),
        ChecksumLength = _random.Next(3) * 8,
    };

    /// <summary>A tree, each directory in front of its contents; names share prefixes and need not be text.</summary>
    public List<FileEntry> Tree(int count, FileListFormat format)
    {
        var directories = new List<TreePath> { TreePath.Root };
        var used = new HashSet<TreePath>();
        var entries = new List<FileEntry>();
        while (entries.Count < count)
        {
            var path = directories[_random.Next(directories.Count)].Child(Name());
            if (path.Bytes.Length > TreePath.MaxLength || !used.Add(path))
                continue;
            var kind = _random.Next(4) == 0 ? FileKind.Directory : Kinds[_random.Next(Kinds.Length)];
            if (kind == FileKind.Directory)
                directories.Add(path);
            entries.Add(Entry(path, kind, format));
        }
        if (format.HardLinks)
            LinkSome(entries);
        return entries;
    }

    public byte[] Name()
    {
        var name = new byte[_random.Next(30) == 0 ? _random.Next(200, 256) : _random.Next(1, 6)];
        for (var i = 0; i < name.Length; i++)
            name[i] = _random.Next(3) > 0 ? (byte)"ab-./0"[_random.Next(6)] : (byte)_random.Next(1, 256);
        name.AsSpan().Replace((byte)'/', (byte)'_');
        return name is [(byte)'.'] or [(byte)'.', (byte)'.'] ? "x"u8.ToArray() : name;
    }

    public FileEntry Entry(TreePath path, FileKind kind, FileListFormat format)
    {
        var isNode = kind is FileKind.CharacterDevice or FileKind.BlockDevice or FileKind.Fifo or FileKind.Socket;
        var isDevice = kind is FileKind.CharacterDevice or FileKind.BlockDevice;
        var isMissing = format.MissingArguments && kind != FileKind.Directory && _random.Next(10) == 0;
        return new FileEntry
        {
            Path = path,
            Mode = isMissing ? 0 : (uint)kind | (uint)Few(0x1ED, 0x1A4, 0xFFF),
            Length = isNode ? 0 : Few(0, 6, 70_000, 1L << 33, long.MaxValue),
            Mtime = new FileTime(Few(0, -1, 1704164645, 1L << 40), format.Protocol >= 31 ? (int)Few(0, 0, 999_999_999) : 0),
            Uid = format.Owner ? (uint)Few(0, 1, 1000, uint.MaxValue) : 0,
            Gid = format.Group ? (uint)Few(0, 1, 1000, uint.MaxValue) : 0,
            Atime = format.Atimes && kind != FileKind.Directory ? Few(0, 5, 1704164645) : 0,
            Rdev = format.Devices && isDevice && !isMissing ? new DeviceId((uint)Few(0, 1, 8), (uint)Few(0, 3, 1 << 20)) : default,
            LinkTarget = kind == FileKind.Symlink && !isMissing ? Name() : null,
            Checksum = kind == FileKind.Regular && !isMissing && format.ChecksumLength > 0 ? Bytes(format.ChecksumLength) : null,
            Content = kind == FileKind.Directory ? (DirectoryContent)Few(0, 1, 0x100, 0x101) : DirectoryContent.Listed,
            AccessAcl = format.Acls && kind != FileKind.Symlink ? Acl() : null,
            DefaultAcl = format.Acls && kind == FileKind.Directory ? Acl() : null,
            Xattrs = format.Xattrs ? Xattrs() : null,
        };
    }

    private PosixAcl? Acl() => _random.Next(4) switch
    {
        0 => null,
        1 => new PosixAcl { Owner = 7, OwningGroup = 5, Mask = 7, Other = 0, Named = [new(1, true, 6), new(uint.MaxValue, false, 0)] },
        2 => new PosixAcl { OwningGroup = _random.Next(8) },
        _ => new PosixAcl { Mask = 5, Named = [new(_random.Next(2) == 0 ? 0u : 60u, false, _random.Next(8))] },
    };

    private XattrList? Xattrs()
    {
        var count = _random.Next(3);
        return count == 0 ? null : XattrList.Of(Enumerable.Range(0, count).Select(i =>
            new Xattr([.. "user."u8, (byte)('a' + i)], new byte[Few(0, 3, ListedXattr.MaxListedValue, 100)])));
    }

    private void LinkSome(List<FileEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].IsDirectory || entries[i].IsMissing || _random.Next(4) != 0)
                continue;
            var at = _random.Next(i, entries.Count);
            if (at == i || entries[at].IsDirectory || entries[at].Links is not null)
                continue;
            var group = entries[i].Links ?? HardLinkGroup.Of(entries[i]);
            entries[at] = new FileEntry(entries[i], entries[at].Path);
            group.Add(entries[at]);
        }
    }

    private long Few(params ReadOnlySpan<long> values) => values[_random.Next(values.Length)];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
