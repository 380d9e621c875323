using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>The same where what is seen of an inode is noted in an attribute (<see cref="FakeSuper"/>). Only files and directories have one.</summary>
internal readonly ref partial struct InodePlace
{
    /// <summary>The inode as it is to be seen.</summary>
    public Errno StatFaked(out FileStat stat)
    {
        var error = Stat(out stat);
        if (error == Errno.None && Noted(stat) is { } fake)
            stat = fake.Show(stat);
        return error;
    }

    public Errno SetFaked(in Metadata metadata, out MetadataParts failed)
    {
        failed = MetadataParts.Owner;
        var error = Stat(out var real);
        if (error != Errno.None)
            return error;
        if (!HasNote(real))
            return Set(metadata with { Uid = null, Gid = null }, out failed);
        var fake = (Noted(real) ?? FakeSuper.Of(real)).With(metadata);
        var mode = fake.RealMode(real);
        error = Set(
            metadata with
            {
                Uid = null,
                Gid = null,
                Mode = mode == real.Mode ? null : mode,
                AccessAcl = null,
                DefaultAcl = null,
                Xattrs = metadata.Xattrs?.Select(static xattr => xattr with { Name = FakeSuper.Stored(xattr.Name).ToArray() }).ToList(),
            },
            out failed);
        var noted = Note(fake, fake == (FakeSuper.Of(real) with { Mode = mode }));
        failed |= noted == Errno.None ? MetadataParts.None : MetadataParts.Owner;
        if (metadata.AccessAcl is { } access)
            Note(NoteAcl(FakeAcl.AccessNote, FakeAcl.Access(access, fake.Mode)), MetadataParts.Acl, ref error, ref failed);
        if (metadata.DefaultAcl is { } defaults)
            Note(NoteAcl(FakeAcl.DefaultNote, defaults), MetadataParts.Acl, ref error, ref failed);
        return error == Errno.None ? noted : error;
    }

    private Errno NoteAcl(ReadOnlySpan<byte> note, PosixAcl acl) => acl.IsEmpty
        ? Removed(Xattrs.Remove(handle, _name, note))
        : Xattrs.Set(handle, _name, note, FakeAcl.Format(acl));

    /// <summary>Notes what the inode stands for; nothing when it is just that.</summary>
    public Errno Note(in FakeSuper fake, bool isReal = false)
    {
        if (!isReal)
            return Xattrs.Set(handle, _name, FakeSuper.Attribute, fake.Format());
        var error = Xattrs.Remove(handle, _name, FakeSuper.Attribute);
        return error == Errno.ENODATA ? Errno.None : error;
    }

    private FakeSuper? Noted(in FileStat real) =>
        HasNote(real) && XattrSet.Get(handle, _name, FakeSuper.Attribute, out var value) == Errno.None && FakeSuper.TryParse(value, out var fake)
            ? fake : null;

    private static bool HasNote(in FileStat real) => real.IsRegular || real.IsDirectory;
}
