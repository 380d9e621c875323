using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// Where files come from. LocalTree reads a directory of this machine; a program may give its own.
/// Calls come from one thread at a time per session and may be repeated. Nothing here throws for what a file system
/// can answer: the <see cref="Errno"/> is the answer, and one bad file never stops a run.
/// </summary>
public interface IFileSource
{
    /// <summary>What is at <paramref name="path"/> itself (a symbolic link is not followed).</summary>
    Errno Stat(TreePath path, out FileStat stat);

    /// <summary>
    /// What a symbolic link at <paramref name="path"/> leads to, where this source lets links be followed (then opening
    /// and listing follow the last name too); any other answer is the one of <see cref="Stat"/>.
    /// </summary>
    Errno StatThrough(TreePath path, out FileStat stat) => Stat(path, out stat);

    /// <summary>The text of a symbolic link, 1..4095 bytes.</summary>
    Errno ReadLink(TreePath path, out byte[] target);

    /// <summary>Adds the names in a directory (without "." and "..") to <paramref name="names"/>, in any order.</summary>
    Errno List(TreePath directory, List<byte[]> names);

    /// <summary>As <see cref="List(TreePath, List{byte[]})"/>, with what is known of each name without asking for it.</summary>
    Errno List(TreePath directory, List<DirectoryEntry> entries);

    /// <summary>What a directory is, and then what each name in it is, in any order: all that <see cref="Stat"/> and listing would say.</summary>
    internal Errno Look(TreePath directory, out FileStat stat, List<PathStat> found)
    {
        var names = new List<byte[]>();
        var error = Stat(directory, out stat);
        if (error == Errno.None)
            error = List(directory, names);
        if (error != Errno.None)
            return error;
        foreach (var name in names)
        {
            var path = directory.Child(name);
            found.Add(new PathStat(path, Stat(path, out var there), there));
        }
        return Errno.None;
    }

    /// <summary>
    /// Opens a regular file to read.
    /// A symbolic link is <see cref="Errno.ELOOP"/>, a directory <see cref="Errno.EISDIR"/>, anything else
    /// <see cref="Errno.EINVAL"/> or <see cref="Errno.ENXIO"/>.
    /// </summary>
    Errno Open(TreePath path, out SourceFile? file);

    /// <summary>Adds the names of the extended attributes of what is at <paramref name="path"/> itself, <c>system.*</c> among them.</summary>
    Errno ListXattrs(TreePath path, List<byte[]> names) => Errno.EOPNOTSUPP;

    /// <summary>The value of one extended attribute; <see cref="Errno.ENODATA"/> when there is none.</summary>
    Errno GetXattr(TreePath path, ReadOnlySpan<byte> name, out byte[] value)
    {
        value = [];
        return Errno.EOPNOTSUPP;
    }
}

/// <summary>An opened file to send.</summary>
public abstract class SourceFile : IDisposable
{
    /// <summary>The file as it was when it was opened.</summary>
    public abstract FileStat Stat { get; }

    /// <summary>The handle where this is a file of this machine, so that copies can stay in the kernel; it belongs to this object.</summary>
    public virtual SafeFileHandle? Handle => null;

    /// <summary>Reads at <paramref name="offset"/> bytes from the start. <paramref name="read"/> is 0 at the end and may be less than asked.</summary>
    public abstract Errno Read(Span<byte> buffer, long offset, out int read);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
