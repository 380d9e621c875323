using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>An entry that the generator is at.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Index">What it is called on the wire.</param>
/// <param name="Work">The list whose work it is.</param>
/// <param name="Path">Its name at the destination.</param>
internal readonly record struct Item(FileEntry Entry, int Index, WorkList Work, TreePath Path);
