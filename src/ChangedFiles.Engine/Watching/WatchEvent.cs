using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// "Look at this name again." The path is where the name was when the event was read; when it moves later, another event says so.
/// </summary>
/// <param name="Path">The name, relative to the watched root.</param>
/// <param name="Operations">What the kernel said; perhaps several at once.</param>
/// <param name="IsDirectory">The operation was on a directory.</param>
/// <param name="ProcessId">Who did it; 0 when the source cannot tell.</param>
/// <param name="OldPath">For <see cref="FileOperations.Rename"/>: the path before. Else the root.</param>
/// <param name="Timestamp">When it was read, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>; all of one read share it.</param>
public readonly record struct WatchEvent(
    TreePath Path, FileOperations Operations, bool IsDirectory, int ProcessId, TreePath OldPath, long Timestamp)
{
    public bool Has(FileOperations any) => (Operations & any) != 0;
}
