using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using static ChangedFiles.Rsync.FileList.EntryFlags;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Reads the lists of a session (docs/protocol.md 6.1 to 6.5) and checks everything as it arrives (11.5): a hostile peer ends the
/// session with an <see cref="RsyncException"/>. Belongs to one thread.
/// </summary>
internal sealed class FileListReader
{
    /// <summary>Most entries of a session.</summary>
    public const int MaxEntries = 100_000_000;

    private const int MaxNanoseconds = 999_999_999;
    private const int ErrorBits = 7;

    private readonly FrameReader _input;
    private readonly FileListFormat _format;
    private readonly ReceivedIds _ids;
    private readonly ReceivedAcls _accessAcls;
    private readonly ReceivedAcls _defaultAcls;
    private readonly ReceivedXattrs _xattrs;
    private readonly byte[] _name = new byte[TreePath.MaxLength];
    private readonly Dictionary<int, HardLinkGroup> _groups = [];
    private int _nameLength;
    private EntryState _last;

    /// <param name="input">Where they come from.</param>
    /// <param name="format">The agreed encoding.</param>
    /// <param name="ids">What the peer's owners and groups are on this machine.</param>
    public FileListReader(FrameReader input, FileListFormat format, ReceivedIds ids)
    {
        (_input, _format, _ids) = (input, format, ids);
        _accessAcls = new ReceivedAcls(input, isDefault: false, ReadAclId);
        _defaultAcls = new ReceivedAcls(input, isDefault: true, ReadAclId);
        _xattrs = new ReceivedXattrs(input);
        ids.Users.AssumesRoot = ids.Groups.AssumesRoot = !format.Id0Names;
    }

    /// <summary>Error bits (11.3) of all list ends so far.</summary>
    public int IoError { get; private set; }

    /// <summary>Says whether this side's own arguments can have asked for an entry; null asks for everything (11.5, "requested set").</summary>
    public Predicate<FileEntry>? IsRequested { get; init; }

    /// <summary><c>--munge-links</c>: links are made unusable.</summary>
    public bool MungesLinks { get; init; }

    /// <summary>Reads the next list to its end, with the id tables where they belong.</summary>
    /// <param name="lists">The session's lists, which it becomes one of.</param>
    /// <param name="directoryNumber">The directory whose contents it holds, as the index in front of it says (6.7); -1 for the first list.</param>
    /// <exception cref="RsyncException">The peer broke the protocol, or has closed.</exception>
    public FileList Read(FileLists lists, int directoryNumber = -1)
    {
        var directory = directoryNumber < 0 ? null : ExpectDirectory(lists, directoryNumber);
        var entries = new List<FileEntry>();
        while (ReadFlags() is var flags and not 0)
        {
            var entry = ReadEntry(flags, lists.NextStart, entries.Count);
            if (_format.Incremental)
                CheckParent(entry, directory);
            if (IsRequested?.Invoke(entry) == false)
                throw Refuse($"sent {entry}, which was not asked for", ExitCode.Unsupported);
            entries.Add(entry);
            if (lists.NextStart + entries.Count > MaxEntries)
                throw _input.Bad($"more than {MaxEntries} files");
        }
        if (_format.HasUserTable)
            ReadIdTable(_ids.Users);
        if (_format.HasGroupTable)
            ReadIdTable(_ids.Groups);
        if (!_format.Incremental)
            _ids.Map(entries);
        if (!_format.Incremental && _format.Acls)
            _ids.MapAcls(entries);
        var list = lists.Add(entries, directoryNumber);
        if (!_format.Incremental && list.FindOrphan() is { } orphan)
            throw Refuse($"sent {orphan} without the directory it is in");
        return list;
    }

    private FileEntry ExpectDirectory(FileLists lists, int number)
    {
        if (!_format.Incremental || lists.Complete)
            throw _input.Bad($"refusing sub-flist after final flist was freed: of directory number {number}");
        if (lists.Directory(number) is not { } directory)
            throw _input.Bad($"refusing flist for cleared dir_ndx {number}");
        if (lists.IsListed(number))
            throw _input.Bad($"a second list of {directory}");
        return directory;
    }

    /// <summary>The flags of the next entry; 0 at the end of the list (6.4).</summary>
    private int ReadFlags()
    {
        if (_format.VarintFlags)
        {
            var flags = _input.ReadVarint();
            if (flags == 0)
                IoError |= _input.ReadVarint() & ErrorBits;
            return flags;
        }
        int bytes = _input.ReadByte();
        if ((bytes & XMIT_EXTENDED_FLAGS) != 0)
            bytes |= _input.ReadByte() << 8;
        if (bytes != (XMIT_EXTENDED_FLAGS | XMIT_IO_ERROR_ENDLIST))
            return bytes;
        if (!_format.MayCarryError)
            throw _input.Bad("a list's end with an error value");
        IoError |= _input.ReadVarint() & ErrorBits;
        return 0;
    }

    private FileEntry ReadEntry(int flags, int start, int count)
    {
        var path = ReadName(flags, out var fromRoot);
        var isLink = (flags & XMIT_HLINKED) != 0;
        if (isLink && !_format.HardLinks)
            throw _input.Bad($"a hard link without --hard-links: {path}");
        var group = isLink && (flags & XMIT_HLINK_FIRST) == 0 ? ReadGroup(start, start + count) : null;
        var entry = group?.Number >= start ? Inherit(group.First!, path, fromRoot) : ReadAttributes(path, fromRoot, flags);
        if (isLink && entry.IsDirectory)
            throw _input.Bad($"a directory as hard link: {path}");
        if (path.IsRoot && !entry.IsDirectory)
            throw _input.Bad("rejecting non-directory transfer-root entry: .");
        ReadExtendedAttributes(entry);
        if (group is not null)
            group.Add(entry);
        else if (isLink)
            _groups.Add(start + count, new HardLinkGroup(start + count, entry));
        return entry;
    }

    /// <summary>[byte prefix], byte or varint suffix length, suffix; made clean as rsync does: no ".", no empty component.</summary>
    private TreePath ReadName(int flags, out bool fromRoot)
    {
        var prefix = (flags & XMIT_SAME_NAME) != 0 ? _input.ReadByte() : 0;
        if (prefix > _nameLength)
            throw _input.Bad($"a name that shares {prefix} bytes with one of {_nameLength}");
        var most = TreePath.MaxLength - prefix;
        var suffix = (flags & XMIT_LONG_NAME) != 0 ? _input.ReadVarint(0, most, "length of a name (overflow)") : _input.ReadByte();
        _input.Check(suffix, prefix > 0 ? 0 : 1, most, "length of a name");
        _input.Read(_name.AsSpan(prefix, suffix));
        _nameLength = prefix + suffix;
        var name = _name.AsSpan(0, _nameLength);
        fromRoot = name[0] == '/';
        if (name.IndexOf((byte)0) >= 0 || (fromRoot && !_format.Relative))
            throw Refuse($"sent an unsafe name: {TreePath.Printable(name)}");
        return WirePath.TryClean(name, out var path) ? path : throw Refuse($"sent an unsafe name: {TreePath.Printable(name)}");
    }

    private HardLinkGroup ReadGroup(int start, int index)
    {
        var number = _input.ReadVarint(0, index - 1, "hard-link reference");
        return _groups.TryGetValue(number, out var group) ? group : throw _input.Bad(
            number < start ? $"hard-link gnum {number} precedes flist start {start}" : $"a hard link to {number}, which has no links");
    }

    /// <summary>An abbreviated hard link: everything is the first one's (6.3, 9.1).</summary>
    private FileEntry Inherit(FileEntry first, TreePath path, bool fromRoot)
    {
        _last.Adopt(first, _format);
        return new FileEntry(first, path) { FromRoot = fromRoot };
    }

    // The fields of 6.3 from the length on, in their order.
    private FileEntry ReadAttributes(TreePath path, bool fromRoot, int flags)
    {
        var length = _input.ReadVarlong(3);
        if (length < 0)
            throw _input.Bad($"a file of {length} bytes: {path}");
        if ((flags & XMIT_SAME_TIME) == 0)
            _last.Mtime = _input.ReadVarlong(4);
        var nanoseconds = (flags & XMIT_MOD_NSEC) != 0 ? _input.ReadVarint(0, MaxNanoseconds, "nanoseconds") : 0;
        if ((flags & XMIT_SAME_MODE) == 0)
            _last.Mode = (uint)_input.ReadInt32();
        var kind = CheckMode(_last.Mode, path);
        var hasAtime = _format.Atimes && kind != FileKind.Directory;
        if (hasAtime && (flags & XMIT_SAME_ATIME) == 0)
            _last.Atime = _input.ReadVarlong(4);
        if (_format.Owner && (flags & XMIT_SAME_UID) == 0)
            _last.Uid = ReadId(_ids.Users, (flags & XMIT_USER_NAME_FOLLOWS) != 0);
        if (_format.Group && (flags & XMIT_SAME_GID) == 0)
            _last.Gid = ReadId(_ids.Groups, (flags & XMIT_GROUP_NAME_FOLLOWS) != 0);
        var rdev = _format.HasDeviceField(kind) ? ReadDevice(flags) : default;
        var target = _format.Links && kind == FileKind.Symlink ? ReadTarget(path) : null;
        var checksum = _format.ChecksumLength > 0 && kind == FileKind.Regular ? _input.ReadBytes(_format.ChecksumLength) : null;
        var isDevice = kind is FileKind.CharacterDevice or FileKind.BlockDevice;
        return new FileEntry
        {
            Path = path,
            FromRoot = fromRoot,
            Mode = _last.Mode,
            Length = isDevice || kind is FileKind.Fifo or FileKind.Socket ? 0 : length,
            Mtime = new FileTime(_last.Mtime, nanoseconds),
            Atime = hasAtime ? _last.Atime : 0,
            Uid = _format.Owner ? _last.Uid : 0,
            Gid = _format.Group ? _last.Gid : 0,
            Rdev = isDevice ? rdev : default,
            LinkTarget = target,
            Checksum = checksum,
            Content = kind == FileKind.Directory ? (DirectoryContent)(flags & (int)DirectoryContent.Implied) : DirectoryContent.Listed,
        };
    }

    private FileKind CheckMode(uint mode, TreePath path)
    {
        var kind = (FileKind)(mode & 0xF000);
        var isKnown = mode == 0 ? _format.MissingArguments : mode <= ushort.MaxValue && kind is FileKind.Regular or FileKind.Directory or FileKind.Symlink
            or FileKind.Fifo or FileKind.Socket or FileKind.CharacterDevice or FileKind.BlockDevice;
        return isKnown ? kind : throw _input.Bad($"file mode 0{Convert.ToString(mode, 8)} of {path}");
    }

    private void ReadExtendedAttributes(FileEntry entry)
    {
        if (_format.Acls && !entry.IsSymlink)
        {
            entry.AccessAcl = NoneIfEmpty(_accessAcls.Read());
            entry.DefaultAcl = entry.IsDirectory ? NoneIfEmpty(_defaultAcls.Read()) : null;
        }
        if (_format.Xattrs)
            entry.Xattrs = _xattrs.Read() is { Items.Count: > 0 } xattrs ? xattrs : null;
    }

    private static PosixAcl? NoneIfEmpty(PosixAcl acl) => acl.IsEmpty ? null : acl;

    private uint ReadAclId(bool isUser, uint id, bool withName) => FinishId(isUser ? _ids.Users : _ids.Groups, id, withName);

    private uint ReadId(IdMap map, bool withName) => FinishId(map, (uint)_input.ReadVarint(), withName);

    /// <summary>Reads the name behind an id. Ids of a complete list are mapped when its tables have come.</summary>
    private uint FinishId(IdMap map, uint id, bool withName)
    {
        if (withName)
            Learn(map, id);
        return _format.Incremental ? map.Map(id) : id;
    }

    private DeviceId ReadDevice(int flags)
    {
        if ((flags & XMIT_SAME_RDEV_MAJOR) == 0)
            _last.RdevMajor = (uint)_input.ReadVarint();
        return new DeviceId(_last.RdevMajor, (uint)_input.ReadVarint());
    }

    private byte[] ReadTarget(TreePath path)
    {
        var target = _input.ReadBytes(_input.ReadVarint(1, TreePath.MaxLength, "length of a link's target"));
        if (target.AsSpan().Contains((byte)0))
            throw _input.Bad($"a link's target with a NUL: {path}");
        return MungesLinks ? [.. LinkTarget.MungePrefix, .. target] : target;
    }

    /// <summary>{ varint id, byte length, name }, varint 0 [, byte length, name of id 0].</summary>
    private void ReadIdTable(IdMap map)
    {
        while ((uint)_input.ReadVarint() is var id and not 0)
            Learn(map, id);
        if (_format.Id0Names)
            Learn(map, 0);
    }

    private void Learn(IdMap map, uint id)
    {
        Span<byte> name = stackalloc byte[byte.MaxValue];
        name = name[.._input.ReadByte()];
        _input.Read(name);
        if (!map.TryLearn(id, name))
            throw _input.Bad($"more than {IdMap.MaxNames} names of users or groups");
    }

    /// <summary>All of a list are direct children of its directory (6.8).</summary>
    private static void CheckParent(FileEntry entry, FileEntry? directory)
    {
        var parent = entry.Path.ParentBytes;
        var isChild = directory is null ? parent.IsEmpty
            : !entry.Path.IsRoot && !directory.Path.IsRoot && parent.SequenceEqual(directory.Path.Bytes);
        if (!isChild)
            throw Refuse($"sent {entry} in the list of {directory?.ToString() ?? "the top"}");
    }

    private static RsyncException Refuse(string what, ExitCode code = ExitCode.ProtocolIncompatibility) =>
        new(code, SessionStage.FileList, $"the peer {what}: refused");
}
