using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Tokens;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Takes in the data of one file after another: builds it, checks its digest, puts it in its place (docs/protocol.md 7.5).</summary>
internal sealed class FileReceiver : IDisposable
{
    private readonly Reception _reception;
    private readonly FrameReader _reader;
    private readonly TokenReader _tokens;
    private readonly StrongHash _digest;
    private readonly AttributeKeeper _attributes;

    public FileReceiver(Reception reception)
    {
        _reception = reception;
        var session = reception.Session;
        _reader = session.Reader;
        if (!Compression.TryParse(session.Terms.Compression ?? "none", out var kind))
            throw new NotSupportedException($"compression {session.Terms.Compression} needs a library that is not there");
        _tokens = TokenReader.Create(kind, _reader, session.Terms.Protocol);
        _digest = StrongHash.Create(session.Terms.TransferChecksum);
        _attributes = new AttributeKeeper(reception, new Itemizer(reception, session.Writer), "receiver");
    }

    /// <summary>Takes in the data of a request.</summary>
    /// <returns>Whether it is in its place, is to be asked for again, or cannot be had.</returns>
    public NewsKind Receive(PendingRequest request)
    {
        var report = request.Entry.Report(request.Flags, sending: false) with { Xname = request.Xname };
        _reception.Tell(_reception.Events.OnBeforeTransfer, report);
        var literal = _reception.Stats.LiteralData;
        var outcome = ReceiveFile(request);
        if (outcome != NewsKind.Redo)
        {
            _reception.Stats.FilesTransferred++;
            _reception.Stats.TransferredSize += request.Entry.Length;
        }
        _reception.Tell(_reception.Events.OnTransferred, report with { BytesTransferred = _reception.Stats.LiteralData - literal });
        return outcome;
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _digest.Dispose();
    }

    private NewsKind ReceiveFile(PendingRequest request)
    {
        using var basis = OpenBasis(request);
        var error = _reception.Target.Create(request.Path, out var file);
        if (error != Errno.None)
        {
            _reception.Complain("receiver", "mkstemp", request.Path, error);
            Discard(request, basis);
            return NewsKind.Failed;
        }
        using (file)
        {
            var isRight = Build(request, basis, file!, out error);
            if (error != Errno.None)
            {
                _reception.Complain("receiver", "write failed on", request.Path, error, "");
                return NewsKind.Failed;
            }
            return isRight ? Finish(request, file!) : Mismatch(request);
        }
    }

    /// <summary>Reads tokens and digest; the file is right when the digest is that of the sender's file.</summary>
    private bool Build(PendingRequest request, SourceFile? basis, TargetFile file, out Errno error)
    {
        var failure = Errno.None;
        using var delta = new DeltaApply(request.Head, basis is null ? null : basis.ReadAt, Write, _digest);
        Apply(request, delta);
        error = failure;
        return IsDigestRight();

        void Write(ReadOnlySpan<byte> data, long offset)
        {
            if (failure == Errno.None)
                failure = file.Write(data, offset);
        }
    }

    private void Apply(PendingRequest request, DeltaApply delta)
    {
        var stats = _reception.Stats;
        var onProgress = _reception.Events.OnProgress;
        while (_tokens.Read() is { Kind: not TokenKind.End } token)
        {
            if (token.Kind == TokenKind.Literal)
            {
                stats.LiteralData += token.Data.Length;
                delta.Literal(token.Data);
            }
            else
            {
                var data = delta.Copy(token.Block);
                stats.MatchedData += data.Length;
                _tokens.Copied(data);
            }
            _reception.Tell(onProgress, request.Entry, delta.Length);
        }
        delta.Flush();
    }

    private bool IsDigestRight()
    {
        Span<byte> ours = stackalloc byte[Checksum.MaxDigestLength];
        Span<byte> theirs = stackalloc byte[Checksum.MaxDigestLength];
        theirs = theirs[.._digest.DigestLength];
        _digest.Finish(ours);
        _reader.Read(theirs);
        return theirs.SequenceEqual(ours[..theirs.Length]);
    }

    private NewsKind Finish(PendingRequest request, TargetFile file)
    {
        _attributes.SetNew(file, request);
        var error = file.Commit();
        if (error == Errno.None)
            return NewsKind.Received;
        _reception.Complain("receiver", "rename to", request.Path, error);
        return NewsKind.Failed;
    }

    private NewsKind Mismatch(PendingRequest request)
    {
        var name = Reception.Text(request.Entry.Path);
        if (request.IsRedo)
        {
            _reception.Session.Say(MessageCode.ErrorXfer, $"ERROR: {name} failed verification -- update discarded.");
            return NewsKind.Failed;
        }
        _reception.Session.Say(MessageCode.Warning, $"WARNING: {name} failed verification -- update discarded (will try again).");
        return NewsKind.Redo;
    }

    private static SourceFile? OpenBasis(PendingRequest request)
    {
        if (request.BasisFile is not { } basis)
            return null;
        // Gone since its sums were sent: without it the digest is wrong, and the file is asked for again.
        return basis.Tree.Open(basis.Path, out var file) == Errno.None ? file : new MissingBasis();
    }

    /// <summary>Reads what cannot be kept, so that the next file is found.</summary>
    private void Discard(PendingRequest request, SourceFile? basis)
    {
        using var delta = new DeltaApply(request.Head, basis is null ? null : basis.ReadAt, (_, _) => { }, _digest);
        Apply(request, delta);
        IsDigestRight();
    }

    /// <summary>A basis that is not there any more: reads as nothing.</summary>
    private sealed class MissingBasis : SourceFile
    {
        public override FileStat Stat => default;

        public override Errno Read(Span<byte> buffer, long offset, out int read)
        {
            read = 0;
            return Errno.None;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
