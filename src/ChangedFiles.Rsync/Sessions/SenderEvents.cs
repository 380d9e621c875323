using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>What a sending session tells as it goes. Called on the session's thread; do not block in it.</summary>
public sealed class SenderEvents
{
    /// <summary>An item that the other side reported or asked for, after it was answered.</summary>
    public Action<FileEntry, ItemFlags, ReadOnlyMemory<byte>>? OnItem { get; init; }

    /// <summary>A file that could not be sent, and why. The run goes on.</summary>
    public Action<FileEntry, Errno>? OnFileFailed { get; init; }

    /// <summary>Bytes of a file that have been dealt with, as literals or matches, for progress.</summary>
    public Action<FileEntry, long>? OnProgress { get; init; }
}
