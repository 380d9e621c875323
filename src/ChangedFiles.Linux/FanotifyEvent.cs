using System.Buffers.Binary;

namespace ChangedFiles.Linux;

/// <summary>What fanotify watches for and says; the values of <c>fanotify(7)</c>.</summary>
[Flags]
internal enum FanotifyEvents : ulong
{
    None = 0,
    Modify = 0x2,
    Attributes = 0x4,
    CloseWrite = 0x8,
    Create = 0x100,
    Delete = 0x200,
    /// <summary>The queue was full and events were dropped. Comes unasked.</summary>
    Overflow = 0x4000,
    /// <summary>The file system found damage.</summary>
    FileSystemError = 0x8000,
    Rename = 0x10000000,
    /// <summary>For a mark: also events of directories. In an event: it is about a directory.</summary>
    Directory = 0x40000000,
}

/// <summary>
/// One event of a <see cref="Fanotify"/> queue. Quickly following ones of a process and name come as one, at the place of the first.
/// The names point into the buffer it was taken from.
/// </summary>
internal ref struct FanotifyEvent
{
    private const int HeaderLength = 24, RecordHeaderLength = 4, FileSystemIdLength = 8;
    private const byte SupportedVersion = 3;

    private enum RecordKind : byte
    {
        Object = 1,
        DirectoryAndName = 2,
        OldDirectoryAndName = 10,
        NewDirectoryAndName = 12,
    }

    public FanotifyEvents Events { get; private set; }
    /// <summary>Who did it; 0 when that is not visible from here.</summary>
    public int ProcessId { get; private set; }
    /// <summary>The directory and the name in it; for a rename the new ones. Null for what is only about an inode, as its count of links.</summary>
    public FileHandle? Directory { get; private set; }
    /// <summary>"." when the event is about the directory itself.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }
    /// <summary>For a rename: the place before.</summary>
    public FileHandle? OldDirectory { get; private set; }
    public ReadOnlySpan<byte> OldName { get; private set; }
    /// <summary>The inode itself.</summary>
    public FileHandle? Object { get; private set; }

    public readonly bool Has(FanotifyEvents any) => (Events & any) != 0;

    /// <summary>Takes the first event off <paramref name="rest"/>; false at the end. Reads give whole events only.</summary>
    /// <exception cref="NotSupportedException">The kernel speaks another version.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out FanotifyEvent next)
    {
        next = default;
        if (rest.Length < HeaderLength)
            return false;
        // struct fanotify_event_metadata: length 4, version 1, reserved 1, header length 2, mask 8, descriptor 4, process id 4.
        if (rest[4] != SupportedVersion)
            throw new NotSupportedException($"fanotify events of version {rest[4]} (known: {SupportedVersion})");
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var records = rest[BinaryPrimitives.ReadUInt16LittleEndian(rest[6..])..length];
        next = new FanotifyEvent
        {
            Events = (FanotifyEvents)BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]),
            ProcessId = BinaryPrimitives.ReadInt32LittleEndian(rest[20..]),
        };
        rest = rest[length..];
        while (records.Length >= RecordHeaderLength)
        {
            // struct fanotify_event_info_header: kind 1, padding 1, length 2.
            var recordLength = BinaryPrimitives.ReadUInt16LittleEndian(records[2..]);
            next.Apply((RecordKind)records[0], records[RecordHeaderLength..recordLength]);
            records = records[recordLength..];
        }
        return true;
    }

    private void Apply(RecordKind kind, ReadOnlySpan<byte> record)
    {
        if (!IsHandle(kind) || !FileHandle.TryParse(record[FileSystemIdLength..], out var handle, out var length))
            return;
        var name = record[(FileSystemIdLength + length)..];
        var end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        switch (kind)
        {
            case RecordKind.Object:
                Object = handle;
                break;
            case RecordKind.OldDirectoryAndName:
                OldDirectory = handle;
                OldName = name;
                break;
            case RecordKind.DirectoryAndName or RecordKind.NewDirectoryAndName:
                Directory = handle;
                Name = name;
                break;
        }
    }

    // Kinds that are not known here (a new kernel's) are passed over.
    private static bool IsHandle(RecordKind kind) =>
        kind is RecordKind.Object or RecordKind.DirectoryAndName or RecordKind.OldDirectoryAndName or RecordKind.NewDirectoryAndName;
}
