using System.Buffers;
using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>
/// Copies a whole file the cheapest way there is: sharing its blocks (reflink), else inside the kernel, else through a
/// buffer. Holes stay holes, except through a buffer.
/// </summary>
internal static class FileCopy
{
    private const int BufferSize = 256 << 10;

    /// <summary>Bytes between two looks at the cancellation.</summary>
    private const long Slice = 64 << 20;

    /// <summary>
    /// Copies what the file held when it was opened into a target that is new and empty.
    /// <paramref name="copied"/> is less than its size when it was cut meanwhile.
    /// </summary>
    /// <exception cref="OperationCanceledException">Between two slices of 64 MiB, or buffers.</exception>
    public static Errno CloneOrCopy(SourceFile source, TargetFile target, out long copied, CancellationToken cancellation = default)
    {
        copied = 0;
        var size = source.Stat.Size;
        if (source.Handle is { } from && target.Handle is { } to)
        {
            if (FileData.Clone(from, to) == Errno.None)
                return CutClone(to, size, out copied);
            var error = CopyInKernel(from, to, source.Stat, ref copied, cancellation);
            if (error != Errno.None || copied == size)
                return error;
        }
        return CopyBuffered(source, target, size, ref copied, cancellation);
    }

    /// <summary>Copies a file to a name in another tree, over what is there.</summary>
    /// <param name="metadata">What the copy is given; null: owner, permissions and time of the file.</param>
    public static Errno Copy(IFileSource from, TreePath path, IFileTarget to, TreePath newPath, Metadata? metadata = null)
    {
        var error = from.Open(path, out var source);
        if (error != Errno.None)
            return error;
        using (source)
        {
            error = to.Create(newPath, out var copy);
            if (error != Errno.None)
                return error;
            using (copy)
            {
                error = CloneOrCopy(source!, copy!, out _);
                var stat = source!.Stat;
                copy!.SetMetadata(metadata ?? new Metadata { Uid = stat.Uid, Gid = stat.Gid, Mode = stat.Mode, Mtime = stat.Mtime }, out _);
                return error == Errno.None ? copy.Commit() : error;
            }
        }
    }

    // The clone is of the file as it is now, which may have grown since it was opened.
    private static Errno CutClone(SafeFileHandle clone, long size, out long copied)
    {
        var error = Inodes.Stat(clone, out var stat);
        copied = Math.Min(stat.Size, size);
        return error == Errno.None && stat.Size > size ? FileData.SetLength(clone, size) : error;
    }

    /// <summary>Stops without error where the kernel cannot go on: the rest goes through a buffer.</summary>
    private static Errno CopyInKernel(SafeFileHandle from, SafeFileHandle to, FileStat stat, ref long copied, CancellationToken cancellation)
    {
        var mayHaveHoles = stat.Blocks * 512 < stat.Size;
        while (copied < stat.Size)
        {
            var (start, end) = (copied, stat.Size);
            if (mayHaveHoles)
            {
                var error = FileData.NextData(from, copied, out start, out end);
                if (error == Errno.ENXIO)
                    return FillHole(from, to, stat.Size, ref copied);
                if (error != Errno.None)
                    return Errno.None;
            }
            end = Math.Min(end, stat.Size);
            for (copied = Math.Min(start, end); copied < end;)
            {
                cancellation.ThrowIfCancellationRequested();
                var error = FileData.CopyRange(from, copied, to, copied, Math.Min(end - copied, Slice), out var length);
                if (error is Errno.ENOSPC or Errno.EDQUOT or Errno.EIO or Errno.EFBIG)
                    return error;
                if (error != Errno.None || length == 0)
                    return Errno.None;
                copied += length;
            }
        }
        return Errno.None;
    }

    private static Errno FillHole(SafeFileHandle from, SafeFileHandle to, long size, ref long copied)
    {
        var error = Inodes.Stat(from, out var now);
        copied = Math.Max(copied, Math.Min(now.Size, size));
        return error == Errno.None ? FileData.SetLength(to, copied) : error;
    }

    private static Errno CopyBuffered(SourceFile source, TargetFile target, long size, ref long copied, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, size + 1));
        try
        {
            while (copied < size)
            {
                cancellation.ThrowIfCancellationRequested();
                var error = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - copied)), copied, out var read);
                if (error == Errno.None && read > 0)
                    error = target.Write(buffer.AsSpan(0, read), copied);
                if (error != Errno.None || read == 0)
                    return error;
                copied += read;
            }
            return Errno.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
