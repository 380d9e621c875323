namespace ChangedFiles.Engine.Watching;

/// <summary>
/// What the kernel said of a name. Operations that follow each other quickly arrive as one value, and the order inside it is lost:
/// each means "look at this name again", none says what is there now.
/// </summary>
[Flags]
public enum FileOperations
{
    None = 0,
    /// <summary>The name came to be: creat, mkdir, mknod, symlink or link.</summary>
    Create = 0x1,
    /// <summary>Content or size changed (also truncate by name, which closes nothing).</summary>
    Modify = 0x2,
    /// <summary>A file that was open for writing was closed; perhaps nothing was written.</summary>
    CloseWrite = 0x4,
    /// <summary>Mode, owner, times, extended attributes or the number of links.</summary>
    Attributes = 0x8,
    /// <summary>The name was removed: unlink or rmdir.</summary>
    Delete = 0x10,
    /// <summary>What had the old path has this one now; what stood here before is gone. With <see cref="Subtree"/> for a directory.</summary>
    Rename = 0x20,
    /// <summary>It was moved here from outside of the tree. With <see cref="Subtree"/> for a directory.</summary>
    MovedIn = 0x40,
    /// <summary>It was moved from here to the outside of the tree: gone, with all below.</summary>
    MovedOut = 0x80,
    /// <summary>
    /// Everything below must be looked at too, as nothing more is said of it. With <see cref="Modify"/> or the like, said of the root: a file was
    /// written that has another name than the one that was told.
    /// </summary>
    Subtree = 0x100,
    /// <summary>
    /// The name was found by listing a new directory: what happened to it before is not known. With <see cref="Create"/>; with <see cref="Subtree"/> of the
    /// directory itself, when it has been listed.
    /// </summary>
    Found = 0x200,
    /// <summary>A file system was mounted here or unmounted from here. With <see cref="Subtree"/>.</summary>
    Mount = 0x400,
    /// <summary>Events were lost. Said of the root, with <see cref="Subtree"/>.</summary>
    Overflow = 0x800,
    /// <summary>The file system reported damage. Said of the root.</summary>
    FileSystemError = 0x1000,
    /// <summary>The root was removed, moved away or unmounted. Said of the root; the last event of a source.</summary>
    RootGone = 0x2000,
}
