using System.Buffers.Binary;

namespace ChangedFiles.Linux;

/// <summary>What inotify watches for and says; the values of <c>inotify(7)</c>.</summary>
[Flags]
internal enum InotifyEvents : uint
{
    None = 0,
    Modify = 0x2,
    Attributes = 0x4,
    CloseWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,
    /// <summary>The file system was unmounted; <see cref="Ignored"/> follows.</summary>
    Unmount = 0x2000,
    /// <summary>The queue was full and events were dropped.</summary>
    Overflow = 0x4000,
    /// <summary>The watch has ended.</summary>
    Ignored = 0x8000,
    /// <summary>For a watch: only of a directory.</summary>
    OnlyDirectory = 0x1000000,
    /// <summary>For a watch: nothing of open files whose name has gone.</summary>
    ExcludeUnlinked = 0x4000000,
    /// <summary>
    /// For a watch that may be there already: these besides those it has. Without it the kernel takes all of them away for a moment,
    /// and what happens in that moment is lost.
    /// </summary>
    AddToExisting = 0x20000000,
    /// <summary>The event is about a directory.</summary>
    Directory = 0x40000000,
}

/// <summary>One event of an <see cref="Inotify"/> queue. The name points into the buffer it was taken from.</summary>
internal readonly ref struct InotifyEvent
{
    private const int HeaderLength = 16;

    /// <summary>The directory, as <see cref="Inotify.Add"/> numbered it; -1 for <see cref="InotifyEvents.Overflow"/>.</summary>
    public int Watch { get; private init; }
    public InotifyEvents Events { get; private init; }
    /// <summary>Joins the two halves of a rename; else 0.</summary>
    public uint Cookie { get; private init; }
    /// <summary>The name in the directory; empty when the event is about the directory itself.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    public bool Has(InotifyEvents any) => (Events & any) != 0;

    /// <summary>Takes the first event off <paramref name="rest"/>; false at the end. Reads give whole events only.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out InotifyEvent next)
    {
        next = default;
        if (rest.Length < HeaderLength)
            return false;
        // struct inotify_event: watch 4, mask 4, cookie 4, length 4, then the name, padded with NULs.
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
        var name = rest.Slice(HeaderLength, length);
        var end = name.IndexOf((byte)0);
        next = new InotifyEvent
        {
            Watch = BinaryPrimitives.ReadInt32LittleEndian(rest),
            Events = (InotifyEvents)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
            Cookie = BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]),
            Name = end < 0 ? name : name[..end],
        };
        rest = rest[(HeaderLength + length)..];
        return true;
    }
}
