using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Tokens;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>Sends the contents of one file after another: tokens against the receiver's block sums, and the digest (docs/protocol.md 7.4, 7.5).</summary>
internal sealed class FileSender : IDeltaSink, IDisposable
{
    private readonly FrameWriter _writer;
    private readonly TransferStats _stats;
    private readonly Action<FileEntry, long>? _onProgress;
    private readonly StrongHash _digest;
    private readonly BlockHash _blockHash;
    private readonly TokenWriter _tokens;
    private FileEntry _entry = null!;
    private SourceFile _file = null!;
    private Errno _readError;
    private long _done;

    public FileSender(Session session, TransferStats stats, Action<FileEntry, long>? onProgress)
    {
        (_writer, _stats, _onProgress) = (session.Writer, stats, onProgress);
        _digest = StrongHash.Create(session.Terms.TransferChecksum);
        _blockHash = new BlockHash(session.Terms.TransferChecksum, session.Terms.Seed, session.Terms.Has(CompatFlags.ChecksumSeedFix));
        if (!Compression.TryParse(session.Terms.Compression ?? "none", out var kind))
            throw new NotSupportedException($"compression {session.Terms.Compression} needs a library that is not there");
        _tokens = TokenWriter.Create(kind, session.Writer, kind.Level(null), session.Terms.Protocol);
    }

    /// <summary>Sends all of <paramref name="file"/>, as long as it was when it was opened.</summary>
    /// <param name="inPlace">The receiver overwrites its basis as it reads it (docs/protocol.md 7.7).</param>
    /// <returns>A read error, after which the receiver has been made to throw the data away.</returns>
    public Errno Send(FileEntry entry, SourceFile file, BlockSums? sums, bool inPlace)
    {
        (_entry, _file, _readError, _done) = (entry, file, Errno.None, 0);
        var length = file.Stat.Size;
        _tokens.Begin();
        if (sums is null || sums.Head.Count == 0)
            DeltaSearch.SendWhole(ReadAt, 0, length, _digest, this);
        else
            DeltaSearch.Run(sums, _blockHash, inPlace, ReadAt, length, _digest, this);
        _tokens.Finish();
        WriteDigest();
        _stats.FilesTransferred++;
        _stats.TransferredSize += length;
        return _readError;
    }

    public void Literal(ReadOnlySpan<byte> data)
    {
        _stats.LiteralData += data.Length;
        _tokens.Literal(data);
        Advance(data.Length);
    }

    public void Copy(int block, ReadOnlySpan<byte> data)
    {
        _stats.MatchedData += data.Length;
        _tokens.Copy(block, data);
        Advance(data.Length);
    }

    public void Dispose()
    {
        _digest.Dispose();
        _blockHash.Dispose();
        _tokens.Dispose();
    }

    private void Advance(int count)
    {
        _done += count;
        _onProgress?.Invoke(_entry, _done);
    }

    /// <summary>An unreadable rest travels as zeros, so that the framing holds; the digest then tells the receiver (7.5).</summary>
    private int ReadAt(Span<byte> buffer, long offset)
    {
        if (_readError == Errno.None)
        {
            _readError = _file.Read(buffer, offset, out var read);
            if (_readError == Errno.None)
                return read;
        }
        buffer.Clear();
        return buffer.Length;
    }

    private void WriteDigest()
    {
        Span<byte> digest = stackalloc byte[Checksum.MaxDigestLength];
        digest = digest[.._digest.DigestLength];
        _digest.Finish(digest);
        if (_readError != Errno.None)
        {
            var wasZero = !digest.ContainsAnyExcept((byte)0);
            digest.Clear();
            digest[^1] = wasZero ? (byte)1 : (byte)0;
        }
        _writer.Write(digest);
    }
}
