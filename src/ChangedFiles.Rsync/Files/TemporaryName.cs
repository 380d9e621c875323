using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>Names of files that are not finished: <c>.NAME.XXXXXX</c> (docs/protocol.md 7.7).</summary>
internal static class TemporaryName
{
    /// <summary>Bytes of room that <see cref="Make"/> needs.</summary>
    public const int Size = TreePath.MaxNameLength;

    private const int RandomLength = 6;

    // Of 62^6 names the first is nearly always free.
    private const int Attempts = 100;

    private static ReadOnlySpan<byte> Letters => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8;

    /// <summary>
    /// Calls <paramref name="make"/> with fresh names until one is free. The name that was made, without following or
    /// replacing anything, is the start of <paramref name="room"/>.
    /// </summary>
    public static Errno Create<T>(
        SafeFileHandle directory, scoped ReadOnlySpan<byte> name, ref T argument, NameCall<T> make, scoped Span<byte> room, out int length)
        where T : allows ref struct
    {
        length = Make(name, room);
        var error = Errno.EEXIST;
        for (var i = 0; i < Attempts && error == Errno.EEXIST; i++)
        {
            System.Random.Shared.GetItems(Letters, room.Slice(length - RandomLength, RandomLength));
            error = make(directory, room[..length], ref argument);
        }
        return error;
    }

    /// <summary>One such name, which may be taken.</summary>
    public static byte[] Random(ReadOnlySpan<byte> name)
    {
        Span<byte> room = stackalloc byte[Size];
        var length = Make(name, room);
        System.Random.Shared.GetItems(Letters, room.Slice(length - RandomLength, RandomLength));
        return room[..length].ToArray();
    }

    // A leading dot is not doubled; what is too long loses its end, at the start of a UTF-8 character.
    private static int Make(ReadOnlySpan<byte> name, Span<byte> room)
    {
        if (name[0] == '.')
            name = name[1..];
        var keep = Math.Min(name.Length, Size - RandomLength - 2);
        for (var i = 0; i < 3 && keep < name.Length && (name[keep] & 0xC0) == 0x80; i++)
            keep--;
        room[0] = (byte)'.';
        name[..keep].CopyTo(room[1..]);
        room[keep + 1] = (byte)'.';
        return keep + 2 + RandomLength;
    }
}
