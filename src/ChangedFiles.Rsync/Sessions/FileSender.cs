using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Tokens;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>Sends the contents of one file after another: tokens against the receiver's block sums, and the digest (docs/protocol.md 7.4, 7.5).</summary>
internal sealed class FileSender : IDeltaSink, IDisposable
{
    /// <summary>Bytes of the file after which tokens go out: the receiver puts the first blocks together while the next ones are searched.</summary>
    private const int FlushInterval = 1 << 20;

    /// <summary>A long run is told of in parts of this size, as rsync does.</summary>
    private const int ProgressStep = 32 << 10;

    private readonly Session _session;
    private readonly FrameWriter _writer;
    private readonly TransferStats _stats;
    private readonly Action<FileEntry, long>? _onProgress;
    private readonly StrongHash _digest;
    private readonly BlockHash _blockHash;
    private readonly TokenWriter _tokens;
    private readonly byte[] _lastDigest;
    private FileEntry _entry = null!;
    private SourceFile _file = null!;
    private Errno _readError;
    private long _done;
    private long _flushed;

    public FileSender(Session session, TransferOptions options, TransferStats stats, Action<FileEntry, long>? onProgress)
    {
        (_session, _writer, _stats, _onProgress) = (session, session.Writer, stats, onProgress);
        _digest = StrongHash.Create(session.Terms.TransferChecksum);
        _lastDigest = new byte[_digest.DigestLength];
        _blockHash = new BlockHash(session.Terms.TransferChecksum, session.Terms.Seed, session.Terms.Has(CompatFlags.ChecksumSeedFix));
        if (!Compression.TryParse(session.Terms.Compression ?? "none", out var kind))
            throw new NotSupportedException($"compression {session.Terms.Compression} needs a library that is not there");
        _tokens = TokenWriter.Create(kind, session.Writer, kind.Level(options.Compression.Level), session.Terms.Protocol);
    }

    /// <summary>The digest that was sent last.</summary>
    public ReadOnlyMemory<byte> LastDigest => _lastDigest;

    /// <summary>Sends all of <paramref name="file"/>, as long as it was when it was opened.</summary>
    /// <param name="inPlace">The receiver overwrites its basis as it reads it (docs/protocol.md 7.7).</param>
    /// <returns>A read error, after which the receiver has been made to throw the data away.</returns>
    public Errno Send(FileEntry entry, SourceFile file, BlockSums? sums, bool inPlace)
    {
        Begin(entry, file);
        var length = file.Stat.Size;
        if (sums is null || sums.Head.Count == 0)
            DeltaSearch.SendWhole(ReadAt, 0, length, _digest, this);
        else
        {
            var (hits, falseAlarms) = DeltaSearch.Run(sums, _blockHash, inPlace, ReadAt, length, _digest, this);
            _stats.HashHits += hits;
            _stats.FalseAlarms += falseAlarms;
        }
        return End();
    }

    /// <summary>Sends what <paramref name="file"/> has behind <paramref name="known"/> bytes that the receiver has (<c>--append</c>, 7.7).</summary>
    /// <param name="verify">Those bytes are part of the digest.</param>
    public Errno SendRest(FileEntry entry, SourceFile file, long known, bool verify)
    {
        Begin(entry, file);
        if (verify)
            DeltaSearch.SendWhole(ReadAt, 0, known, _digest, new Unsent());
        _done = known;
        DeltaSearch.SendWhole(ReadAt, known, file.Stat.Size - known, _digest, this);
        return End();
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
        _stats.Matches++;
        _tokens.Copy(block, data);
        Advance(data.Length);
    }

    public void Dispose()
    {
        _digest.Dispose();
        _blockHash.Dispose();
        _tokens.Dispose();
    }

    private void Begin(FileEntry entry, SourceFile file)
    {
        (_entry, _file, _readError, _done, _flushed) = (entry, file, Errno.None, 0, 0);
        _tokens.Begin();
    }

    private Errno End()
    {
        _tokens.Finish();
        WriteDigest();
        return _readError;
    }

    private void Advance(int count)
    {
        if (_onProgress is not null)
        {
            for (var step = ProgressStep; step < count; step += ProgressStep)
                _onProgress(_entry, _done + step);
            _onProgress(_entry, _done + count);
        }
        _done += count;
        if (_done - _flushed >= FlushInterval)
        {
            _writer.Flush();
            _flushed = _done;
        }
    }

    /// <summary>An unreadable rest travels as zeros, so that the framing holds; the digest then tells the receiver (7.5).</summary>
    private int ReadAt(Span<byte> buffer, long offset)
    {
        _session.KeepAliveInTime();
        if (_readError == Errno.None)
        {
            _readError = _file.Read(buffer, offset, out var read);
            // It became shorter since it was opened.
            if (_readError == Errno.None && read == 0)
                _readError = Errno.ENODATA;
            if (_readError == Errno.None)
                return read;
        }
        buffer.Clear();
        return buffer.Length;
    }

    private void WriteDigest()
    {
        Span<byte> digest = _lastDigest;
        _digest.Finish(digest);
        if (_readError != Errno.None)
        {
            var wasZero = !digest.ContainsAnyExcept((byte)0);
            digest.Clear();
            digest[^1] = wasZero ? (byte)1 : (byte)0;
        }
        _writer.Write(digest);
    }

    private sealed class Unsent : IDeltaSink
    {
        public void Literal(ReadOnlySpan<byte> data)
        {
        }

        public void Copy(int block, ReadOnlySpan<byte> data)
        {
        }
    }
}
