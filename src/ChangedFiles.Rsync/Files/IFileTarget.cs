using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// Where files are received into. <see cref="LocalTree"/> is a directory of this machine, <see cref="MemoryTree"/> one in
/// memory; both pass one contract suite. No symbolic link is ever followed. Several threads may call; nothing throws for
/// what a file system can answer.
/// </summary>
public interface IFileTarget : IFileSource
{
    /// <summary>The directory at <paramref name="path"/> as a target of its own. Where it can be disposed of, the caller does.</summary>
    Errno OpenTarget(TreePath path, out IFileTarget? target);

    /// <summary>Makes a directory; <see cref="Errno.EEXIST"/> when the name is taken.</summary>
    Errno MakeDirectory(TreePath path, uint permissions);

    /// <summary>
    /// Creates an empty file under a temporary name <c>.NAME.XXXXXX</c>, mode 0600, that is to become <paramref name="path"/>:
    /// beside it, or in <paramref name="temporaryDirectory"/> (docs/protocol.md 7.7).
    /// </summary>
    Errno Create(TreePath path, out TargetFile? file, TreePath? temporaryDirectory = null);

    /// <summary>Opens a regular file to be written where it is, created with mode 0600 when it is missing. Committing it only closes it.</summary>
    Errno OpenInPlace(TreePath path, out TargetFile? file);

    /// <summary>
    /// Makes a symbolic link. Where something is, it is <see cref="Errno.EEXIST"/>; or with <paramref name="replace"/> it is
    /// replaced in one step (a directory is not: <see cref="Errno.EISDIR"/>). The same holds for links and nodes.
    /// </summary>
    Errno MakeSymlink(TreePath path, ReadOnlySpan<byte> target, bool replace = false);

    /// <summary>Makes one more name for the inode at <paramref name="existing"/>, which is no directory.</summary>
    Errno MakeLink(TreePath path, TreePath existing, bool replace = false);

    /// <summary>
    /// Makes a name here for an inode of another tree (<c>--link-dest</c>), or moves a file from there (<c>--backup-dir</c>,
    /// <c>--temp-dir</c>). <see cref="Errno.EXDEV"/> where the trees share no file system: then it has to be copied.
    /// </summary>
    Errno LinkFrom(IFileSource other, TreePath existing, TreePath path, bool replace = false) => Errno.EXDEV;

    /// <inheritdoc cref="LinkFrom"/>
    Errno MoveFrom(IFileTarget other, TreePath existing, TreePath path) => Errno.EXDEV;

    /// <summary>Makes a fifo, socket or device of the kind and permissions in <paramref name="mode"/>.</summary>
    Errno MakeNode(TreePath path, uint mode, uint major, uint minor, bool replace = false);

    /// <summary>Moves a name over another; an empty directory may be replaced by a directory, a file by what is no directory.</summary>
    Errno Rename(TreePath path, TreePath newPath);

    /// <summary>Removes a name that is no directory.</summary>
    Errno Unlink(TreePath path);

    /// <summary>Removes an empty directory.</summary>
    Errno RemoveDirectory(TreePath path);

    /// <summary>
    /// Removes what is at <paramref name="path"/> with everything below it and goes on after failures. Each name is
    /// reported as it is removed (<see cref="Errno.None"/>) or could not be. Returns the first error.
    /// </summary>
    Errno RemoveTree(TreePath path, Action<TreePath, Errno>? report = null);

    /// <summary>Sets attributes of what is at <paramref name="path"/> itself; as <see cref="TargetFile.SetMetadata"/>.</summary>
    Errno SetMetadata(TreePath path, in Metadata metadata, out MetadataParts failed);
}
