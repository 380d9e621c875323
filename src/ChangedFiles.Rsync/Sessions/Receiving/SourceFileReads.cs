using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>A file as a basis.</summary>
internal static class SourceFileReads
{
    /// <summary>An unreadable rest reads as an early end: then the digest is wrong, and the data is asked for whole.</summary>
    public static int ReadAt(this SourceFile file, Span<byte> buffer, long offset) =>
        file.Read(buffer, offset, out var read) == Errno.None ? read : 0;
}
