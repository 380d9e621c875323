using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>What is to happen to one name at the destination.</summary>
public enum PlannedAction
{
    /// <summary>The directory is there because something below it is; its attributes are the source's.</summary>
    Parent,

    /// <summary>The same as at the source: content, kind, attributes. Of a directory only the directory itself.</summary>
    Send,

    /// <summary>A directory whose every name is in the batch: what else the destination has in it goes.</summary>
    Sweep,

    /// <summary>Goes, with everything below.</summary>
    Delete,
}

/// <summary>One name of a batch, as it was when it was planned.</summary>
/// <param name="Stat">What the source has there; nothing for <see cref="PlannedAction.Delete"/>.</param>
/// <param name="LinkTarget">The text of a symbolic link.</param>
public sealed record PlannedItem(TreePath Path, PlannedAction Action, FileStat Stat = default, byte[]? LinkTarget = null)
{
    /// <summary>The same for all names of a file.</summary>
    internal (ulong Device, ulong Inode) Inode => (Stat.Device, Stat.Inode);
}
