using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Gives what is received the attributes of its entry, as far as they are preserved. Both threads use it.</summary>
internal sealed class AttributeKeeper(Reception reception, Itemizer itemizer, string who)
{
    private const uint AllBits = 0xFFF;
    private const uint Execute = 0x49;
    private const uint Read = 0x124;

    private readonly PreserveOptions _preserve = reception.Options.Preserve;
    private (TreePath Directory, uint Bits)? _newBits;

    /// <summary>
    /// Without <c>-p</c>: what is there keeps its permissions, what is new gets the sender's within the umask, or within the default ACL of its
    /// directory; with <c>-E</c> whether it can be executed is kept. The entry has the result from then on.
    /// </summary>
    public void DecideMode(TreePath path, FileEntry entry, in FileStat stat, bool exists)
    {
        if (_preserve.Perms)
            return;
        if (!exists)
        {
            entry.ChangeMode(entry.Mode & (~AllBits | NewBits(path)));
            return;
        }
        var mode = (entry.Mode & ~AllBits) | stat.Permissions;
        if (_preserve.Executability && entry.IsRegular)
        {
            if ((entry.Mode & Execute) == 0)
                mode &= ~Execute;
            else if ((stat.Mode & Execute) == 0)
                mode |= (mode & Read) >> 2;
        }
        entry.ChangeMode(mode);
    }

    /// <summary>A new directory keeps the set-gid bit that its parent gave it.</summary>
    public void KeepInheritedBits(TreePath path, FileEntry entry)
    {
        const uint SetGid = 0x400;
        if (!_preserve.Perms && reception.Target.Stat(path, out var made) == Errno.None)
            entry.ChangeMode(entry.Mode | (made.Mode & SetGid));
    }

    /// <summary>The permissions that something new in a directory may have.</summary>
    private uint NewBits(TreePath path)
    {
        var directory = path.IsRoot ? path : path.Parent;
        if (_newBits is { } known && known.Directory == directory)
            return known.Bits;
        var bits = 0x1FF & ~FileModes.Umask;
        if (reception.Target.GetXattr(directory, PosixAcl.DefaultAttribute, out var value) == Errno.None && PosixAcl.TryParse(value, out var acl))
            bits = (uint)((acl.Owner ?? 7) << 6 | (acl.Mask ?? acl.OwningGroup ?? 7) << 3 | (acl.Other ?? 7));
        _newBits = (directory, bits);
        return bits;
    }

    /// <summary>Sets what differs from <paramref name="stat"/> on something that exists.</summary>
    /// <returns>True when something was set.</returns>
    public bool Update(TreePath path, FileEntry entry, in FileStat stat, bool exactTimes = false)
    {
        var metadata = new Metadata
        {
            RequiresOwner = true,
            Uid = itemizer.KeepsOwner && entry.Uid != stat.Uid ? entry.Uid : null,
            Gid = itemizer.KeepsGroup(entry) && entry.Gid != stat.Gid ? entry.Gid : null,
            Mode = itemizer.HasPermissions(entry) && entry.Permissions != stat.Permissions ? entry.Mode : null,
            Mtime = itemizer.KeepsTimes(entry) && (exactTimes ? entry.Mtime != stat.Mtime : itemizer.TimesDiffer(entry.Mtime, stat.Mtime))
                ? entry.Mtime : null,
            Atime = KeepsAtime(entry) && entry.Atime != stat.Atime.Seconds ? new FileTime(entry.Atime, 0) : null,
        };
        if (_preserve.Acls && !entry.IsSymlink && ExtendedAttributes.AclsDiffer(entry, stat, reception.Target, path))
            metadata = WithAcls(metadata, entry);
        if (metadata.IsEmpty)
            return false;
        // A change of owner clears set-id bits.
        if ((metadata.Uid ?? metadata.Gid) is not null && !entry.IsSymlink)
            metadata = metadata with { Mode = entry.Mode };
        if (!reception.Options.DryRun)
            Set(path, metadata);
        return true;
    }

    /// <summary>Sets again what work inside a directory has changed. What failed has been said before.</summary>
    public void Restore(TreePath path, FileEntry entry, in FileStat stat)
    {
        var metadata = new Metadata
        {
            // Only without root's rights a directory was made usable.
            Mode = !reception.IsSuper && entry.Permissions != stat.Permissions ? entry.Mode : null,
            Mtime = itemizer.KeepsTimes(entry) && entry.Mtime != stat.Mtime ? entry.Mtime : null,
        };
        if (!metadata.IsEmpty)
            reception.Target.SetMetadata(path, metadata, out _);
    }

    /// <summary>Sets everything on something that was just made here.</summary>
    public void SetNew(TreePath path, FileEntry entry) => Set(path, Everything(entry));

    /// <summary>Sets everything on a file that is not yet in its place.</summary>
    /// <param name="withTimes">False for one that is not complete.</param>
    public void SetNew(TargetFile file, FileEntry entry, bool withTimes = true)
    {
        var metadata = Everything(entry);
        if (_preserve.Xattrs > 0)
            metadata = itemizer.Extended.Add(metadata, entry);
        if (!withTimes)
            metadata = metadata with { Mtime = null, Atime = null };
        var error = file.SetMetadata(metadata, out var failed);
        if (error != Errno.None)
            Complain(reception.QuotedUnfinished(file.Path), error, failed, metadata);
    }

    /// <summary>Sets extended attributes alone, on something that needed no data.</summary>
    public void SetXattrs(TreePath path, FileEntry entry)
    {
        var metadata = new Metadata { Mode = entry.Mode, Mtime = itemizer.KeepsTimes(entry) ? entry.Mtime : null };
        metadata = itemizer.Extended.Add(metadata, entry);
        Set(path, metadata);
    }

    private Metadata Everything(FileEntry entry)
    {
        var metadata = new Metadata
        {
            RequiresOwner = true,
            Uid = itemizer.KeepsOwner ? entry.Uid : null,
            Gid = itemizer.KeepsGroup(entry) ? entry.Gid : null,
            Mode = entry.Mode,
            Mtime = itemizer.KeepsTimes(entry) ? entry.Mtime : null,
            Atime = KeepsAtime(entry) ? new FileTime(entry.Atime, 0) : null,
        };
        return _preserve.Acls && !entry.IsSymlink ? WithAcls(metadata, entry) : metadata;
    }

    private static Metadata WithAcls(Metadata metadata, FileEntry entry) => metadata with
    {
        AccessAcl = entry.AccessAcl?.WithMode(entry.Mode) ?? PosixAcl.Empty,
        DefaultAcl = entry.IsDirectory ? entry.DefaultAcl ?? PosixAcl.Empty : null,
        Mode = entry.Mode,
    };

    private bool KeepsAtime(FileEntry entry) => _preserve.Atimes && !entry.IsDirectory;

    private void Set(TreePath path, in Metadata metadata)
    {
        var error = reception.Target.SetMetadata(path, metadata, out var failed);
        if (error != Errno.None)
            Complain(reception.Quoted(path), error, failed, metadata);
    }

    // Stock stops at the first part that fails, in this order.
    private void Complain(string name, Errno error, MetadataParts failed, in Metadata metadata)
    {
        var isGroup = metadata.Uid is not { } owner || (!_preserve.FakeSuper && owner == Accounts.EffectiveUser);
        var (what, then) = failed switch
        {
            _ when failed.HasFlag(MetadataParts.Owner) => (isGroup ? "chgrp" : "chown", " failed"),
            _ when failed.HasFlag(MetadataParts.Xattrs) => ("rsync_xal_set: lsetxattr of", " failed"),
            _ when failed.HasFlag(MetadataParts.Times) => ("failed to set times on", ""),
            _ when failed.HasFlag(MetadataParts.Acl) => ("set_acl: sys_acl_set_file of", " failed"),
            _ => ("failed to set permissions on", ""),
        };
        reception.Complain(who, what, name, error, then);
    }
}
