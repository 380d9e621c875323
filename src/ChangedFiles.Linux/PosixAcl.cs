using System.Buffers.Binary;

namespace ChangedFiles.Linux;

/// <summary>An entry of an ACL for one named user or group.</summary>
/// <param name="Id">The uid or gid.</param>
/// <param name="IsUser">False for a group.</param>
/// <param name="Bits">rwx, 0..7.</param>
public readonly record struct AclEntry(uint Id, bool IsUser, int Bits);

/// <summary>
/// A POSIX ACL, and the form it has in the attributes <see cref="AccessAttribute"/> and <see cref="DefaultAttribute"/>.
/// Each of the four plain entries is rwx bits (0..7), or null when the ACL lacks it.
/// </summary>
public sealed class PosixAcl : IEquatable<PosixAcl>
{
    private const uint Version = 2;
    private const int HeaderSize = 4, EntrySize = 8;
    private const uint NoId = uint.MaxValue;

    private enum Tag : ushort
    {
        Owner = 0x01,
        User = 0x02,
        OwningGroup = 0x04,
        Group = 0x08,
        Mask = 0x10,
        Other = 0x20,
    }

    /// <summary>The attribute with the ACL that rules access.</summary>
    public static ReadOnlySpan<byte> AccessAttribute => "system.posix_acl_access"u8;

    /// <summary>The attribute with the ACL that new entries of a directory start with.</summary>
    public static ReadOnlySpan<byte> DefaultAttribute => "system.posix_acl_default"u8;

    /// <summary>No entries at all: what a file without ACL has.</summary>
    public static PosixAcl Empty { get; } = new();

    public int? Owner { get; init; }
    public int? OwningGroup { get; init; }
    public int? Mask { get; init; }
    public int? Other { get; init; }
    /// <summary>The named users and groups, users first.</summary>
    public IReadOnlyList<AclEntry> Named { get; init; } = [];

    public bool IsEmpty => Owner is null && OwningGroup is null && Mask is null && Other is null && Named.Count == 0;

    /// <summary>Takes the value of one of the two attributes; false when it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> attribute, out PosixAcl acl)
    {
        acl = Empty;
        if (attribute.Length % EntrySize != HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(attribute) != Version)
            return false;
        int? owner = null, group = null, mask = null, other = null;
        var named = new List<AclEntry>();
        for (var entry = attribute[HeaderSize..]; !entry.IsEmpty; entry = entry[EntrySize..])
        {
            var bits = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]) & 7;
            var id = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            switch ((Tag)BinaryPrimitives.ReadUInt16LittleEndian(entry))
            {
                case Tag.Owner: owner = bits; break;
                case Tag.OwningGroup: group = bits; break;
                case Tag.Mask: mask = bits; break;
                case Tag.Other: other = bits; break;
                case Tag.User: named.Add(new(id, IsUser: true, bits)); break;
                case Tag.Group: named.Add(new(id, IsUser: false, bits)); break;
                default: return false;
            }
        }
        acl = new PosixAcl { Owner = owner, OwningGroup = group, Mask = mask, Other = other, Named = named };
        return true;
    }

    /// <summary>The value of the attribute, in the order that the kernel asks for.</summary>
    public byte[] Format()
    {
        var plain = (Owner is null ? 0 : 1) + (OwningGroup is null ? 0 : 1) + (Mask is null ? 0 : 1) + (Other is null ? 0 : 1);
        var attribute = new byte[HeaderSize + ((plain + Named.Count) * EntrySize)];
        BinaryPrimitives.WriteUInt32LittleEndian(attribute, Version);
        var rest = attribute.AsSpan(HeaderSize);
        Put(ref rest, Tag.Owner, Owner);
        foreach (var entry in Named.Where(e => e.IsUser).OrderBy(e => e.Id))
            Put(ref rest, Tag.User, entry.Bits, entry.Id);
        Put(ref rest, Tag.OwningGroup, OwningGroup);
        foreach (var entry in Named.Where(e => !e.IsUser).OrderBy(e => e.Id))
            Put(ref rest, Tag.Group, entry.Bits, entry.Id);
        Put(ref rest, Tag.Mask, Mask);
        Put(ref rest, Tag.Other, Other);
        return attribute;
    }

    /// <summary>This access ACL without what follows from the mode, as it is sent (docs/protocol.md 9.4).</summary>
    public PosixAcl WithoutMode(uint mode)
    {
        var groupBits = GroupBits(mode);
        return new PosixAcl
        {
            OwningGroup = Mask is null || OwningGroup == groupBits ? null : OwningGroup,
            Mask = Named.Count > 0 && Mask == groupBits ? null : Mask,
            Named = Named,
        };
    }

    /// <summary>The access ACL that was sent for a file of this mode, whole again.</summary>
    public PosixAcl WithMode(uint mode) => new()
    {
        Owner = Owner ?? (int)((mode >> 6) & 7),
        OwningGroup = OwningGroup ?? GroupBits(mode),
        Mask = Mask ?? (Named.Count > 0 ? GroupBits(mode) : null),
        Other = Other ?? (int)(mode & 7),
        Named = Named,
    };

    public bool Equals(PosixAcl? other) => other is not null && Format().AsSpan().SequenceEqual(other.Format());

    public override bool Equals(object? obj) => Equals(obj as PosixAcl);

    public override int GetHashCode() => HashCode.Combine(Owner, OwningGroup, Mask, Other, Named.Count);

    private static int GroupBits(uint mode) => (int)((mode >> 3) & 7);

    private static void Put(ref Span<byte> rest, Tag tag, int? bits, uint id = NoId)
    {
        if (bits is not { } value)
            return;
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)value);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], id);
        rest = rest[EntrySize..];
    }
}
