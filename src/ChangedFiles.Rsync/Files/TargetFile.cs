using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// A file being received. It is written under a temporary name (or in place), given its attributes, and then put under its
/// final name by <see cref="Commit()"/> in one step; disposing it before discards what was written under the temporary name.
/// </summary>
public abstract class TargetFile : IDisposable
{
    /// <summary>Where the bytes are now: the temporary name until it is committed.</summary>
    public abstract TreePath Path { get; }

    /// <summary>The handle where this is a file of this machine, so that copies can stay in the kernel; it belongs to this object.</summary>
    public virtual SafeFileHandle? Handle => null;

    /// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/> bytes from the start; what is skipped stays a hole.</summary>
    public abstract Errno Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Reads back; as <see cref="SourceFile.Read"/>.</summary>
    public abstract Errno Read(Span<byte> buffer, long offset, out int read);

    /// <summary>Cuts, or extends with a hole, to <paramref name="length"/> bytes.</summary>
    public abstract Errno SetLength(long length);

    /// <summary>Makes a range inside the file read as zeros, without space where the file system can.</summary>
    public abstract Errno PunchHole(long offset, long length);

    /// <summary>Reserves space for <paramref name="length"/> bytes; succeeds without effect where the file system cannot.</summary>
    public abstract Errno Preallocate(long length);

    /// <summary>Returns when the content is on the disk.</summary>
    public abstract Errno Sync();

    /// <summary>Sets attributes, each part even if another fails. Returns the first error and says in <paramref name="failed"/> which parts.</summary>
    public abstract Errno SetMetadata(in Metadata metadata, out MetadataParts failed);

    /// <summary>Puts the file under the name it was opened for, over what is there. A directory there is <see cref="Errno.EISDIR"/>.</summary>
    public abstract Errno Commit();

    /// <summary>Puts the file under another name instead, for example into a partial directory.</summary>
    public abstract Errno Commit(TreePath path);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
