using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The digest of a file's contents for <c>-c</c>; null when it cannot be read, which is sent as zeros.</summary>
internal delegate byte[]? FileChecksum(IFileSource source, TreePath path, in FileStat stat);

/// <summary>
/// Makes entries out of what is on disk, with everything the options want of a file, and keeps the account of what went wrong.
/// </summary>
internal sealed class EntryMaker(TransferOptions options, FileChecksum? checksum, Action<MessageCode, string> report)
{
    private readonly SelectionOptions _selection = options.Selection;
    private readonly PreserveOptions _preserve = options.Preserve;
    private Dictionary<(ulong Device, ulong Inode), HardLinkGroup>? _groups;
    private readonly Dictionary<XattrList, XattrList> _xattrLists = [];

    private TreePath _toldOf;

    /// <summary>Links that <c>--copy-unsafe-links</c> follows are told.</summary>
    public bool SaysUnsafeLinks { get; set; }

    /// <summary>Error bits (docs/protocol.md 11.3).</summary>
    public int IoError { get; private set; }

    /// <summary>What the options make of a name: the thing itself, or what a link leads to.</summary>
    public Errno Stat(IFileSource tree, TreePath path, out FileStat stat, out byte[]? target)
    {
        target = null;
        var error = tree.Stat(path, out stat);
        if (error != Errno.None || !stat.IsSymlink)
            return error;
        if (_selection.CopyLinks)
            return tree.StatThrough(path, out stat);
        if (_preserve.Links || _selection.CopyUnsafeLinks)
            error = tree.ReadLink(path, out target);
        if (error != Errno.None)
            return error;
        if (_selection.CopyUnsafeLinks && LinkTarget.IsUnsafe(target, path))
        {
            // What was named is looked at twice.
            if (SaysUnsafeLinks && path != _toldOf)
                Skipped(Messages.CopyingUnsafeLink(ArgumentText.Decode(path.Bytes), ArgumentText.Decode(target)));
            _toldOf = path;
            return tree.StatThrough(path, out stat);
        }
        if (_selection.CopyDirlinks && tree.StatThrough(path, out var end) == Errno.None && end.IsDirectory)
            stat = end;
        if (_selection.MungeLinks && target is not null)
            target = LinkTarget.Restore(target);
        return Errno.None;
    }

    /// <summary>An entry of what is there; null, with the reason told, when it cannot be sent.</summary>
    public FileEntry? Make(SourceRoot root, TreePath path, in FileStat stat, byte[]? target, DirectoryContent content, FilterScope? filters)
    {
        if (stat.IsSymlink && _preserve.Links && target is null or { Length: 0 })
            return Lost($"skipping symlink with 0-length value: {root.Describe(path)}");
        var entry = FileEntry.From(path, stat, target, content, _preserve.Atimes);
        if (_preserve.Chmod is { } chmod && !stat.IsSymlink)
            entry.ChangeMode(chmod.Apply(stat.Mode));
        entry.Source = root;
        if (checksum is not null && stat.IsRegular)
            entry.SetChecksum(checksum(root.Tree, path, stat));
        if (_preserve.Acls && !stat.IsSymlink && !AddAcls(entry, root))
            return null;
        if (_preserve.Xattrs > 0 && !AddXattrs(entry, root, filters))
            return null;
        if (_preserve.HardLinks > 0 && stat.LinkCount > 1 && !stat.IsDirectory)
            AddLink(entry, stat);
        return entry;
    }

    /// <summary>Something cannot be sent that may exist at the receiver: nothing may be deleted there on its account.</summary>
    public FileEntry? Lost(string text)
    {
        IoError |= IoErrors.General;
        report(MessageCode.ErrorXfer, text);
        return null;
    }

    /// <summary>A named source is not there. That is an error, but hides nothing that exists.</summary>
    public void Missing(string text) => report(MessageCode.ErrorXfer, text);

    public void Vanished(string text)
    {
        IoError |= IoErrors.Vanished;
        report(MessageCode.Warning, text);
    }

    public void Skipped(string text) => report(MessageCode.Info, text);

    /// <summary>Something is wrong, but nothing of the transfer is lost by it.</summary>
    public void Warn(string text) => report(MessageCode.Error, text);

    private void AddLink(FileEntry entry, in FileStat stat)
    {
        _groups ??= [];
        if (_groups.TryGetValue((stat.Device, stat.Inode), out var group))
            group.Add(entry);
        else
            _groups.Add((stat.Device, stat.Inode), HardLinkGroup.Of(entry));
    }

    private bool AddAcls(FileEntry entry, SourceRoot root)
    {
        if (!ReadAcl(entry, root, PosixAcl.AccessAttribute, out var access))
            return false;
        entry.AccessAcl = access?.WithoutMode(entry.Mode) is { IsEmpty: false } stripped ? stripped : null;
        if (!entry.IsDirectory)
            return true;
        var isRead = ReadAcl(entry, root, PosixAcl.DefaultAttribute, out var inherited);
        entry.DefaultAcl = inherited;
        return isRead;
    }

    private bool ReadAcl(FileEntry entry, SourceRoot root, ReadOnlySpan<byte> attribute, out PosixAcl? acl)
    {
        acl = null;
        var error = root.Tree.GetXattr(entry.Path, attribute, out var value);
        if (error is Errno.ENODATA or Errno.EOPNOTSUPP)
            return true;
        if (error != Errno.None || !PosixAcl.TryParse(value, out acl))
            Lost($"get_acl: {root.Describe(entry.Path)}: {Reason(error == Errno.None ? Errno.EINVAL : error)}");
        return acl is not null;
    }

    private bool AddXattrs(FileEntry entry, SourceRoot root, FilterScope? filters)
    {
        var names = new List<byte[]>();
        var error = root.Tree.ListXattrs(entry.Path, names);
        if (error == Errno.EOPNOTSUPP)
            return true;
        var xattrs = new List<Xattr>();
        foreach (var name in names)
        {
            if (error != Errno.None)
                break;
            if (!IsSent(name, filters))
                continue;
            error = root.Tree.GetXattr(entry.Path, name, out var value);
            if (error == Errno.None)
                xattrs.Add(new Xattr(name, value));
            else if (error == Errno.ENODATA)
                error = Errno.None;
        }
        if (error != Errno.None)
            return Lost($"get_xattr_names: {root.Describe(entry.Path)}: {Reason(error)}") is not null;
        entry.Xattrs = xattrs.Count == 0 ? null : Shared(XattrList.Of(xattrs));
        return true;
    }

    private bool IsSent(byte[] name, FilterScope? filters)
    {
        if (filters is { HasXattrRules: true } ? filters.CheckXattr(name).IsExcluded : name.AsSpan().StartsWith("system."u8))
            return false;
        return _preserve.Xattrs > 1 || !FakeSuper.IsNote(name);
    }

    private XattrList Shared(XattrList list)
    {
        if (_xattrLists.TryGetValue(list, out var known))
            return known;
        _xattrLists.Add(list, list);
        return list;
    }

    internal static string Reason(Errno error) => $"{error.Describe()} ({(int)error})";
}
