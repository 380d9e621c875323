using System.Buffers.Binary;
using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class FanotifyEventTests
{
    [Fact]
    public void Records_of_unknown_kinds_and_empty_handles_are_passed_over()
    {
        var bytes = Event(Record(99, [1, 2, 3, 4]), Handle(2, [5, 6, 7, 8], "name\0"u8), Handle(1, [], []));
        ReadOnlySpan<byte> rest = bytes;
        Assert.True(FanotifyEvent.TryTake(ref rest, out var next));
        Assert.True(rest.IsEmpty);
        Assert.Equal(("name"u8.ToArray(), true, false), (next.Name.ToArray(), next.Directory.HasValue, next.Object.HasValue), Same);
        Assert.Equal((FanotifyEvents.Create, 42), (next.Events, next.ProcessId));
        Assert.False(FanotifyEvent.TryTake(ref rest, out _));
    }

    [Fact]
    public void Another_version_is_refused()
    {
        var bytes = Event();
        bytes[4]++;
        Assert.Throws<NotSupportedException>(() =>
        {
            ReadOnlySpan<byte> rest = bytes;
            FanotifyEvent.TryTake(ref rest, out _);
        });
    }

    private static bool Same((byte[] Name, bool, bool) left, (byte[] Name, bool, bool) right) =>
        left.Name.AsSpan().SequenceEqual(right.Name) && (left.Item2, left.Item3) == (right.Item2, right.Item3);

    private static byte[] Event(params byte[][] records)
    {
        var bytes = new byte[24].Concat(records.SelectMany(record => record)).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        bytes[4] = 3;
        bytes[6] = 24;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)FanotifyEvents.Create);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), 42);
        return bytes;
    }

    private static byte[] Record(byte kind, ReadOnlySpan<byte> body)
    {
        var record = new byte[4 + body.Length];
        record[0] = kind;
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(2), (ushort)record.Length);
        body.CopyTo(record.AsSpan(4));
        return record;
    }

    private static byte[] Handle(byte kind, ReadOnlySpan<byte> handle, ReadOnlySpan<byte> name)
    {
        var body = new byte[16 + handle.Length + name.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(8), handle.Length);
        handle.CopyTo(body.AsSpan(16));
        name.CopyTo(body.AsSpan(16 + handle.Length));
        return Record(kind, body);
    }
}
