using System.Buffers;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// The order of a file list, in which both sides number it (docs/protocol.md 6.6): the top first; in each directory all other files
/// before the sub-directories; each directory followed by its contents.
/// </summary>
internal static class FileOrder
{
    private const int InsertionSortLimit = 12;

    /// <summary>Below 0 when <paramref name="left"/> comes first, 0 when both have one name and are both, or neither, directories.</summary>
    public static int Compare(FileEntry left, FileEntry right) =>
        Compare(left.Path.Bytes, left.IsDirectory, left.FromRoot, right.Path.Bytes, right.IsDirectory, right.FromRoot);

    /// <summary>Sorts; entries that compare equal stay in their order.</summary>
    public static void Sort(Span<FileEntry> entries)
    {
        var scratch = ArrayPool<FileEntry>.Shared.Rent(entries.Length / 2 + 1);
        Sort(entries, scratch);
        ArrayPool<FileEntry>.Shared.Return(scratch, clearArray: true);
    }

    internal static int Compare(
        ReadOnlySpan<byte> left, bool leftIsDirectory, bool leftFromRoot,
        ReadOnlySpan<byte> right, bool rightIsDirectory, bool rightFromRoot)
    {
        if (leftFromRoot != rightFromRoot)
            return leftFromRoot ? -CompareWithRooted(right, rightIsDirectory) : CompareWithRooted(left, leftIsDirectory);
        if (IsDot(left) || IsDot(right))
            return IsDot(right).CompareTo(IsDot(left));
        var same = left.CommonPrefixLength(right);
        var leftRest = left[same..];
        var rightRest = right[same..];
        // The component in which they part is a directory if anything follows it.
        var leftLike = leftIsDirectory || leftRest.IndexOf((byte)'/') >= 0;
        var rightLike = rightIsDirectory || rightRest.IndexOf((byte)'/') >= 0;
        if (leftLike != rightLike)
            return leftLike ? 1 : -1;
        var end = leftLike ? '/' : -1;
        var byByte = (leftRest.IsEmpty ? end : leftRest[0]) - (rightRest.IsEmpty ? end : rightRest[0]);
        return byByte != 0 ? byByte : leftRest.Length - rightRest.Length;
    }

    private static bool IsDot(ReadOnlySpan<byte> path) => path.Length == 1 && path[0] == '.';

    /// <summary>A name without leading slash against one with: as if that began with an empty directory name.</summary>
    private static int CompareWithRooted(ReadOnlySpan<byte> path, bool isDirectory) =>
        IsDot(path) || !(isDirectory || path.IndexOf((byte)'/') >= 0) || path[0] < '/' ? -1 : 1;

    private static void Sort(Span<FileEntry> entries, Span<FileEntry> scratch)
    {
        if (entries.Length <= InsertionSortLimit)
        {
            InsertionSort(entries);
            return;
        }
        var middle = entries.Length / 2;
        Sort(entries[..middle], scratch);
        Sort(entries[middle..], scratch);
        if (Compare(entries[middle - 1], entries[middle]) > 0)
            Merge(entries, middle, scratch);
    }

    private static void InsertionSort(Span<FileEntry> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            var entry = entries[i];
            var at = i;
            for (; at > 0 && Compare(entries[at - 1], entry) > 0; at--)
                entries[at] = entries[at - 1];
            entries[at] = entry;
        }
    }

    private static void Merge(Span<FileEntry> entries, int middle, Span<FileEntry> scratch)
    {
        var left = scratch[..middle];
        entries[..middle].CopyTo(left);
        var (next, right) = (0, middle);
        while (!left.IsEmpty)
        {
            if (right < entries.Length && Compare(entries[right], left[0]) < 0)
            {
                entries[next++] = entries[right++];
            }
            else
            {
                entries[next++] = left[0];
                left = left[1..];
            }
        }
    }
}
