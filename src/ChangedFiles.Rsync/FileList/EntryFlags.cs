namespace ChangedFiles.Rsync.FileList;

/// <summary>The flags in front of an entry (docs/protocol.md 6.2). Some bits mean different things for different kinds of file.</summary>
internal static class EntryFlags
{
    public const int XMIT_TOP_DIR = 0x0001;
    public const int XMIT_SAME_MODE = 0x0002;
    public const int XMIT_EXTENDED_FLAGS = 0x0004;
    public const int XMIT_SAME_UID = 0x0008;
    public const int XMIT_SAME_GID = 0x0010;
    public const int XMIT_SAME_NAME = 0x0020;
    public const int XMIT_LONG_NAME = 0x0040;
    public const int XMIT_SAME_TIME = 0x0080;
    public const int XMIT_SAME_RDEV_MAJOR = 0x0100;
    public const int XMIT_NO_CONTENT_DIR = 0x0100;
    public const int XMIT_HLINKED = 0x0200;
    public const int XMIT_USER_NAME_FOLLOWS = 0x0400;
    public const int XMIT_GROUP_NAME_FOLLOWS = 0x0800;
    public const int XMIT_HLINK_FIRST = 0x1000;
    public const int XMIT_IO_ERROR_ENDLIST = 0x1000;
    public const int XMIT_MOD_NSEC = 0x2000;
    public const int XMIT_SAME_ATIME = 0x4000;
}

/// <summary>
/// What both sides remember of the last entry: the next one says only what differs (docs/protocol.md 6.1).
/// It is not reset between the lists of a session.
/// </summary>
internal struct EntryState
{
    public uint Mode;
    public long Mtime;
    public long Atime;
    public uint Uid;
    public uint Gid;
    public uint RdevMajor;

    /// <summary>Takes over what an abbreviated hard link inherits from the first of its group (9.1).</summary>
    public void Adopt(FileEntry first, FileListFormat format)
    {
        Mode = first.Mode;
        Mtime = first.Mtime.Seconds;
        if (format.Atimes)
            Atime = first.Atime;
        if (format.Owner)
            Uid = first.Uid;
        if (format.Group)
            Gid = first.Gid;
        if (format.Devices && first.IsDevice)
            RdevMajor = first.Rdev.Major;
    }
}
