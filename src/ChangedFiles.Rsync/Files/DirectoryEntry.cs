using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>One name in a directory.</summary>
/// <param name="Name">The bytes of the name.</param>
/// <param name="Kind">What it was when the directory was read; <see cref="FileKind.None"/> where the source does not say without a stat.</param>
/// <param name="Inode">Its inode number, 0 where there is none; reading inodes in this order is faster on spinning disks.</param>
public readonly record struct DirectoryEntry(byte[] Name, FileKind Kind, ulong Inode);

/// <summary>One name in a directory, and what is there.</summary>
/// <param name="Errno">Why that cannot be said.</param>
internal readonly record struct PathStat(TreePath Path, Errno Errno, FileStat Stat);
