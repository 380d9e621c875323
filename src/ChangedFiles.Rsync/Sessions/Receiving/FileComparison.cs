using System.Buffers;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Whether a file is the one that is listed, without its data (docs/protocol.md 7.1, step 5).</summary>
internal sealed class FileComparison(Reception reception, Itemizer itemizer)
{
    private const int BufferSize = 256 << 10;

    private readonly ComparisonOptions _options = reception.Options.Comparison;
    private readonly StrongHash? _hash =
        reception.Options.Comparison.Checksum ? StrongHash.Create(reception.Session.Terms.ListChecksum) : null;

    /// <summary>The quick check.</summary>
    public bool IsSame(FileEntry entry, in FileStat stat, IFileSource tree, TreePath path)
    {
        if (entry.Length != stat.Size)
            return false;
        if (_hash is not null)
            return HasChecksum(entry, tree, path);
        if (_options.SizeOnly)
            return true;
        return !_options.IgnoreTimes && !itemizer.TimesDiffer(entry.Mtime, stat.Mtime);
    }

    private bool HasChecksum(FileEntry entry, IFileSource tree, TreePath path)
    {
        if (tree.Open(path, out var file) != Errno.None)
            return false;
        Span<byte> digest = stackalloc byte[Checksum.MaxDigestLength];
        using (file)
        {
            if (!TryHash(file!))
                return false;
        }
        _hash!.Finish(digest);
        return digest[.._hash.DigestLength].SequenceEqual(entry.Checksum);
    }

    private bool TryHash(SourceFile file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var error = Errno.None;
        var read = 1;
        for (var offset = 0L; error == Errno.None && read > 0; offset += read)
        {
            error = file.Read(buffer, offset, out read);
            _hash!.Append(buffer.AsSpan(0, read));
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return error == Errno.None;
    }
}
