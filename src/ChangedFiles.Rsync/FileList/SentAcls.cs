using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The ACLs of one kind, access or default, that have been sent: each travels once (docs/protocol.md 9.4).</summary>
internal sealed class SentAcls(FrameWriter output, FileListFormat format, SentIds users, SentIds groups)
{
    private readonly Dictionary<PosixAcl, int> _numbers = [];

    /// <summary>varint number + 1, or varint 0, byte flags, [varint bits]×4, [varint count, entries].</summary>
    public void Write(PosixAcl acl)
    {
        if (_numbers.TryGetValue(acl, out var number))
        {
            output.WriteVarint(number + 1);
            return;
        }
        _numbers.Add(acl, _numbers.Count);
        output.WriteVarint(0);
        var flags = Flag(acl.Owner, AclFlags.HasOwner) | Flag(acl.OwningGroup, AclFlags.HasOwningGroup) | Flag(acl.Mask, AclFlags.HasMask)
            | Flag(acl.Other, AclFlags.HasOther) | (acl.Named.Count > 0 ? AclFlags.HasNamed : 0);
        output.WriteByte((byte)flags);
        WriteBits(acl.Owner);
        WriteBits(acl.OwningGroup);
        WriteBits(acl.Mask);
        WriteBits(acl.Other);
        if (acl.Named.Count == 0)
            return;
        output.WriteVarint(acl.Named.Count);
        foreach (var entry in acl.Named)
            WriteNamed(entry);
    }

    private void WriteBits(int? bits)
    {
        if (bits is { } value)
            output.WriteVarint(value);
    }

    private void WriteNamed(AclEntry entry)
    {
        var name = format.NumericIds ? null : (entry.IsUser ? users : groups).Add(entry.Id);
        if (!format.Incremental)
            name = null;
        output.WriteVarint((int)entry.Id);
        output.WriteVarint(entry.Bits << AclFlags.BitsShift | (entry.IsUser ? AclFlags.IsUser : 0) | (name is null ? 0 : AclFlags.NameFollows));
        if (name is not null)
            SentIds.WriteName(output, name);
    }

    private static int Flag(int? bits, int flag) => bits is null ? 0 : flag;
}
