using System.Buffers.Binary;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>An item that is safely in place, as a receiver tells its sender (docs/protocol.md 3.2).</summary>
/// <param name="Index">Its index.</param>
/// <param name="Device">In a local copy, with <paramref name="Inode"/>, the inode that it is; else 0.</param>
/// <param name="Inode">See there.</param>
internal readonly record struct PlacedItem(int Index, ulong Device = 0, ulong Inode = 0)
{
    /// <summary>Length of the message of a local copy.</summary>
    public const int LocalLength = sizeof(int) + 2 * sizeof(ulong);

    public static PlacedItem Read(ReadOnlySpan<byte> payload)
    {
        var index = BinaryPrimitives.ReadInt32LittleEndian(payload);
        return payload.Length < LocalLength
            ? new(index)
            : new(index, BinaryPrimitives.ReadUInt64LittleEndian(payload[4..]), BinaryPrimitives.ReadUInt64LittleEndian(payload[12..]));
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[LocalLength];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Index);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), Device);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), Inode);
        return bytes;
    }
}
