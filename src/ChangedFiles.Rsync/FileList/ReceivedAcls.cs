using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The ACLs of one kind, access or default, that have come, in order of their numbers (docs/protocol.md 9.4).</summary>
/// <param name="learn">Takes an id (of a user, or group), reads its name where one follows, and gives the id to keep.</param>
internal sealed class ReceivedAcls(FrameReader input, bool isDefault, Func<bool, uint, bool, uint> learn)
{
    private const int MaxEntries = 65536;
    private const int MaxBits = 7;

    private readonly List<PosixAcl> _acls = [];

    /// <summary>Reads what <see cref="SentAcls.Write"/> writes.</summary>
    public PosixAcl Read()
    {
        var number = input.ReadVarint(0, _acls.Count, "number of an ACL");
        if (number > 0)
            return _acls[number - 1];
        var flags = input.Check(input.ReadByte(), 0, AclFlags.All, "flags of an ACL");
        var (owner, group) = (ReadBits(flags, AclFlags.HasOwner), ReadBits(flags, AclFlags.HasOwningGroup));
        var (mask, other) = (ReadBits(flags, AclFlags.HasMask), ReadBits(flags, AclFlags.HasOther));
        var named = (flags & AclFlags.HasNamed) != 0 ? ReadNamed() : [];
        // A default ACL has no mode to take the mask from.
        if (isDefault && named.Count > 0)
            mask ??= named.Aggregate(group ?? 0, (bits, entry) => bits | entry.Bits);
        var acl = new PosixAcl { Owner = owner, OwningGroup = group, Mask = mask, Other = other, Named = named };
        _acls.Add(acl);
        return acl;
    }

    private int? ReadBits(int flags, int flag) => (flags & flag) == 0 ? null : input.ReadVarint(0, MaxBits, "rights in an ACL");

    private List<AclEntry> ReadNamed()
    {
        var named = new List<AclEntry>();
        for (var left = input.ReadVarint(0, MaxEntries, "number of entries of an ACL"); left > 0; left--)
        {
            var id = (uint)input.ReadVarint();
            var access = input.ReadVarint(0, (MaxBits << AclFlags.BitsShift) | AclFlags.IsUser | AclFlags.NameFollows, "rights in an ACL");
            var isUser = (access & AclFlags.IsUser) != 0;
            id = learn(isUser, id, (access & AclFlags.NameFollows) != 0);
            named.Add(new AclEntry(id, isUser, access >> AclFlags.BitsShift));
        }
        return named;
    }
}
