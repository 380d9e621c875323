using System.Buffers.Binary;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// What <c>--fake-super</c> notes of ACLs in attributes, in rsync's own form: 32 bits each for owner, group, mask and others, then id and rights of each
/// named user or group. What an access ACL shares with the mode is not noted.
/// </summary>
internal static class FakeAcl
{
    private const int NumberSize = 4, HeaderSize = 4 * NumberSize, EntrySize = 2 * NumberSize;
    private const uint Missing = 0x80, IsUser = 1u << 31;

    public static ReadOnlySpan<byte> AccessNote => "user.rsync.%aacl"u8;

    public static ReadOnlySpan<byte> DefaultNote => "user.rsync.%dacl"u8;

    /// <summary>The attribute that stands for one of the kernel's; empty for other attributes.</summary>
    public static ReadOnlySpan<byte> NoteOf(ReadOnlySpan<byte> attribute) => attribute.SequenceEqual(PosixAcl.AccessAttribute) ? AccessNote
        : attribute.SequenceEqual(PosixAcl.DefaultAttribute) ? DefaultNote : default;

    /// <summary>What is noted of a whole access ACL.</summary>
    public static PosixAcl Access(PosixAcl acl, uint mode) => acl.WithoutMode(mode) is var rest && rest.Named.Count > 0
        ? new PosixAcl { OwningGroup = rest.OwningGroup, Mask = acl.Mask, Named = rest.Named }
        : rest;

    public static byte[] Format(PosixAcl acl)
    {
        var note = new byte[HeaderSize + acl.Named.Count * EntrySize];
        var rest = note.AsSpan();
        foreach (var bits in (ReadOnlySpan<int?>)[acl.Owner, acl.OwningGroup, acl.Mask, acl.Other])
            Put(ref rest, (uint?)bits ?? Missing);
        foreach (var entry in acl.Named)
        {
            Put(ref rest, entry.Id);
            Put(ref rest, (uint)entry.Bits | (entry.IsUser ? IsUser : 0));
        }
        return note;
    }

    /// <summary>Gives the form that the kernel has for the same; false when the note is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> note, out byte[] attribute)
    {
        attribute = [];
        if (note.Length < HeaderSize || (note.Length - HeaderSize) % EntrySize != 0)
            return false;
        var (owner, group, mask, other) = (Bits(ref note), Bits(ref note), Bits(ref note), Bits(ref note));
        var named = new List<AclEntry>(note.Length / EntrySize);
        while (!note.IsEmpty)
        {
            var (id, access) = (Take(ref note), Take(ref note));
            named.Add(new AclEntry(id, (access & IsUser) != 0, (int)(access & 7)));
        }
        attribute = new PosixAcl { Owner = owner, OwningGroup = group, Mask = mask, Other = other, Named = named }.Format();
        return true;
    }

    private static int? Bits(ref ReadOnlySpan<byte> note) => Take(ref note) is var bits && bits == Missing ? null : (int)(bits & 7);

    private static uint Take(ref ReadOnlySpan<byte> note)
    {
        var number = BinaryPrimitives.ReadUInt32LittleEndian(note);
        note = note[NumberSize..];
        return number;
    }

    private static void Put(ref Span<byte> rest, uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, number);
        rest = rest[NumberSize..];
    }
}
