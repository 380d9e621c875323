using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// An inode to set attributes of: an open file (empty <paramref name="name"/>), or what has a name in a directory.
/// The one place that knows in which order: an owner change clears set-id bits and capabilities, an ACL changes the mode's
/// group bits, an attribute needs write permission that the mode may take away, and nearly all of it touches the times.
/// </summary>
internal readonly ref partial struct InodePlace(SafeFileHandle handle, ReadOnlySpan<byte> name)
{
    private readonly ReadOnlySpan<byte> _name = name;

    public Errno Stat(out FileStat stat) => _name.IsEmpty ? Inodes.Stat(handle, out stat) : Inodes.Stat(handle, _name, out stat);

    public Errno Set(in Metadata metadata, out MetadataParts failed)
    {
        var first = Errno.None;
        failed = MetadataParts.None;
        var isSymlink = (FileKind)(metadata.Mode.GetValueOrDefault() & 0xF000) == FileKind.Symlink;
        if (metadata.Uid is not null || metadata.Gid is not null)
            Note(SetOwner(metadata), MetadataParts.Owner, ref first, ref failed);
        if (metadata.RequiresOwner && first != Errno.None)
            return first;
        if (metadata.Xattrs is { } xattrs)
            Note(SetXattrs(xattrs, metadata), MetadataParts.Xattrs, ref first, ref failed);
        if (metadata.AccessAcl is { } access && !isSymlink)
            Note(SetAcl(PosixAcl.AccessAttribute, access), MetadataParts.Acl, ref first, ref failed);
        if (metadata.DefaultAcl is { } defaults)
            Note(SetAcl(PosixAcl.DefaultAttribute, defaults), MetadataParts.Acl, ref first, ref failed);
        if (metadata.Mode is { } mode && !isSymlink)
            Note(SetMode(mode), MetadataParts.Mode, ref first, ref failed);
        if (metadata.Mtime is not null || metadata.Atime is not null)
            Note(SetTimes(metadata.Atime, metadata.Mtime), MetadataParts.Times, ref first, ref failed);
        return first;
    }

    private static void Note(Errno error, MetadataParts part, ref Errno first, ref MetadataParts failed)
    {
        if (error == Errno.None)
            return;
        failed |= part;
        if (first == Errno.None)
            first = error;
    }

    // Ordinary users may only change the group, to one of their own; what is more is no error here.
    private Errno SetOwner(in Metadata metadata)
    {
        var (uid, gid) = (metadata.Uid, metadata.Gid);
        var error = Chown(uid, gid);
        if (error != Errno.EPERM || metadata.RequiresOwner || Environment.IsPrivilegedProcess)
            return error;
        error = uid is not null && gid is not null ? Chown(null, gid) : Errno.None;
        return error == Errno.EPERM ? Errno.None : error;
    }

    // A read-only file's owner may still have them changed: the mode that is set afterwards takes the permission away again.
    private Errno SetXattrs(IReadOnlyList<Xattr> xattrs, in Metadata metadata)
    {
        var error = XattrSet.Replace(handle, _name, xattrs, metadata.KeepsXattr);
        if (error == Errno.EACCES && metadata.Mode is { } final && SetMode(final | FileStat.OwnerAll) == Errno.None)
            error = XattrSet.Replace(handle, _name, xattrs, metadata.KeepsXattr);
        return error;
    }

    private Errno SetAcl(ReadOnlySpan<byte> attribute, PosixAcl acl) =>
        acl.IsEmpty ? Removed(Xattrs.Remove(handle, _name, attribute)) : Xattrs.Set(handle, _name, attribute, acl.Format());

    private static Errno Removed(Errno error) => error is Errno.ENODATA or Errno.EOPNOTSUPP ? Errno.None : error;

    private Errno Chown(uint? uid, uint? gid) =>
        _name.IsEmpty ? Inodes.SetOwner(handle, uid, gid) : Inodes.SetOwner(handle, _name, uid, gid);

    private Errno SetMode(uint mode) => _name.IsEmpty ? Inodes.SetMode(handle, mode) : Inodes.SetMode(handle, _name, mode);

    private Errno SetTimes(FileTime? atime, FileTime? mtime) =>
        _name.IsEmpty ? Inodes.SetTimes(handle, atime, mtime) : Inodes.SetTimes(handle, _name, atime, mtime);
}
