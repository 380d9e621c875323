using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Leaves out runs of zeros as holes (<c>--sparse</c>).</summary>
/// <param name="punches">The file held something before: zeros in it have to be made.</param>
internal sealed class SparseWriter(TargetFile file, bool punches)
{
    // Shorter runs are written: a hole is at least a block of the file system.
    private const int Grain = 4096;

    public Errno Write(ReadOnlySpan<byte> data, long offset)
    {
        var error = Errno.None;
        while (!data.IsEmpty && error == Errno.None)
        {
            var (length, isHole) = NextRun(data, offset);
            if (!isHole)
                error = file.Write(data[..length], offset);
            else if (punches)
                error = file.PunchHole(offset, length);
            data = data[length..];
            offset += length;
        }
        return error;
    }

    /// <summary>The bytes up to where zeros begin or end, seen in pieces that a file system has.</summary>
    private static (int Length, bool IsHole) NextRun(ReadOnlySpan<byte> data, long offset)
    {
        var length = 0;
        bool? isHole = null;
        while (length < data.Length)
        {
            var piece = Math.Min(Grain - (int)((offset + length) % Grain), data.Length - length);
            var isZero = piece == Grain && !data.Slice(length, piece).ContainsAnyExcept((byte)0);
            if (isHole is { } known && known != isZero)
                break;
            isHole = isZero;
            length += piece;
        }
        return (length, isHole == true);
    }
}
