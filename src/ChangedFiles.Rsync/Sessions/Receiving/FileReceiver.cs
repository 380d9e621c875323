using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Tokens;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Takes in the data of one file after another: builds it, checks its digest, has it placed (docs/protocol.md 7.5).</summary>
internal sealed class FileReceiver : IDisposable
{
    private readonly Reception _reception;
    private readonly FrameReader _reader;
    private readonly TokenReader _tokens;
    private readonly StrongHash _digest;
    private readonly byte[] _theirDigest;
    private readonly AttributeKeeper _attributes;
    private readonly FilePlacement _placement;
    private readonly WritingOptions _options;
    private long _literal;

    public FileReceiver(Reception reception)
    {
        _reception = reception;
        var session = reception.Session;
        _reader = session.Reader;
        if (!Compression.TryParse(session.Terms.Compression ?? "none", out var kind))
            throw new NotSupportedException($"compression {session.Terms.Compression} needs a library that is not there");
        _tokens = TokenReader.Create(kind, _reader, session.Terms.Protocol);
        _digest = StrongHash.Create(session.Terms.TransferChecksum);
        _theirDigest = new byte[_digest.DigestLength];
        _attributes = new AttributeKeeper(reception, new Itemizer(reception, session.Writer), "receiver");
        _placement = new FilePlacement(reception, _attributes);
        _options = reception.Options.Writing;
    }

    /// <summary>Takes in the data of a request.</summary>
    /// <returns>Whether it is in its place, to be asked for again, or not to be had; null: it waits for <see cref="PutDelayed"/>.</returns>
    public NewsKind? Receive(PendingRequest request)
    {
        var report = request.Entry.Report(request.Flags, sending: false) with { Xname = request.Xname };
        _reception.Tell(_reception.Events.OnBeforeTransfer, report);
        _literal = 0;
        var begin = _reader.DataRead - SumHead.Length;
        if (!request.IsRedo)
        {
            _reception.Stats.FilesTransferred++;
            _reception.Stats.TransferredSize += request.Entry.Length;
        }
        _reception.Session.Connection.ExpectsData = true;
        var outcome = ReceiveFile(request);
        _reception.Session.Connection.ExpectsData = false;
        _reception.Tell(_reception.Events.OnTransferred, report with
        {
            BytesTransferred = _reader.DataRead - begin,
            Checksum = report.Checksum.IsEmpty ? _theirDigest : report.Checksum,
        });
        return outcome;
    }

    /// <inheritdoc cref="FilePlacement.PutDelayed"/>
    public void PutDelayed() => _placement.PutDelayed();

    /// <inheritdoc cref="AttributeKeeper.SetXattrs"/>
    public void SetXattrs(FileEntry entry) => _attributes.SetXattrs(_reception.PathOf(entry), entry);

    public void Dispose()
    {
        _tokens.Dispose();
        _digest.Dispose();
    }

    private NewsKind? ReceiveFile(PendingRequest request)
    {
        using var basis = OpenBasis(request);
        var error = _placement.Open(request, out var file);
        if (error != Errno.None)
        {
            _placement.Complain(request, error);
            Discard(request.Head, basis);
            return NewsKind.Failed;
        }
        var isComplete = false;
        using (file)
        {
            try
            {
                var isRight = Build(request, basis, file!);
                isComplete = true;
                if (isRight)
                    return _placement.Finish(request, file!);
                _placement.KeepWrong(request, file!);
                return Mismatch(request);
            }
            finally
            {
                if (!isComplete && _literal > 0)
                    _placement.Keep(request, file!);
            }
        }
    }

    /// <summary>Reads tokens and digest; the file is right when the digest is that of the sender's file.</summary>
    private bool Build(PendingRequest request, SourceFile? basis, TargetFile file)
    {
        var failure = Errno.None;
        var isInPlace = _placement.IsOwnBasis(request);
        if (_options.Preallocate)
            failure = file.Preallocate(request.Entry.Length);
        var isAppended = _options.Append != AppendMode.None && !request.IsRedo && request.Head.Count > 0;
        var start = isAppended ? request.Head.BasisLength : 0;
        if (isAppended && _options.Append == AppendMode.Verify)
            HashStart(file, start);
        var sparse = _options.Sparse ? new SparseWriter(file, _placement.IsInPlace(request)) : null;
        ReadAt? read = basis is null || isAppended ? null : basis.ReadAt;
        using var delta = new DeltaApply(request.Head, read, Write, _digest, start) { InPlace = isInPlace };
        Apply(request.Entry, delta);
        if (failure == Errno.None && (sparse is not null || _options.Preallocate || _placement.IsInPlace(request)))
            failure = file.SetLength(delta.Length);
        var isRight = IsDigestRight();
        return failure == Errno.None ? isRight : throw new RsyncException(ExitCode.FileIO, SessionStage.Transfer,
            $"write failed on {_reception.Quoted(request.Path)}: {Reception.Reason(failure)}");

        void Write(ReadOnlySpan<byte> data, long offset)
        {
            if (failure == Errno.None)
                failure = sparse?.Write(data, offset) ?? file.Write(data, offset);
        }
    }

    /// <summary>What is appended to is part of the digest.</summary>
    private void HashStart(TargetFile file, long length)
    {
        var buffer = new byte[Math.Min(length, 256 << 10)];
        for (var offset = 0L; offset < length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset));
            if (file.Read(part, offset, out var read) != Errno.None || read == 0)
                return;
            _digest.Append(part[..read]);
            offset += read;
        }
    }

    private void Apply(FileEntry? entry, DeltaApply delta)
    {
        var stats = _reception.Stats;
        var onProgress = entry is null ? null : _reception.Events.OnProgress;
        while (_tokens.Read() is { Kind: not TokenKind.End } token)
        {
            _reception.Tell(onProgress, entry!, delta.Length);
            if (token.Kind == TokenKind.Literal)
            {
                stats.LiteralData += token.Data.Length;
                _literal += token.Data.Length;
                delta.Literal(token.Data);
            }
            else
            {
                var data = delta.Copy(token.Block);
                stats.MatchedData += data.Length;
                _tokens.Copied(data);
            }
        }
        delta.Flush();
    }

    private bool IsDigestRight()
    {
        Span<byte> ours = stackalloc byte[Checksum.MaxDigestLength];
        _digest.Finish(ours);
        _reader.Read(_theirDigest);
        return ours[.._theirDigest.Length].SequenceEqual(_theirDigest);
    }

    private NewsKind Mismatch(PendingRequest request)
    {
        var name = Reception.Text(request.Entry.Path);
        var kept = _options.Inplace || (_options is { Partial: true, EffectivePartialDir: null }) ? "retained"
            : _options.EffectivePartialDir is not null ? "put into partial-dir" : "discarded";
        if (request.IsRedo)
        {
            _reception.Session.Say(MessageCode.ErrorXfer, $"ERROR: {name} failed verification -- update {kept}.");
            return NewsKind.Failed;
        }
        if (_reception.Half.Report.Info[InfoFlag.Name] > 0 || _reception.Half.Report.Itemize != Itemize.None)
            _reception.Session.Say(MessageCode.Warning, $"WARNING: {name} failed verification -- update {kept} ({(_reception.Pace is null ? "will" : "may")} try again).");
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
    private void Discard(SumHead head, SourceFile? basis)
    {
        using var delta = new DeltaApply(head, basis is null ? null : basis.ReadAt, (_, _) => { }, _digest);
        Apply(null, delta);
        IsDigestRight();
    }

    /// <summary>Reads the data of a file that is not wanted.</summary>
    public void Discard(SumHead head)
    {
        using var nothing = new MissingBasis();
        try
        {
            Discard(head, nothing);
        }
        catch (InvalidDataException nonsense)
        {
            throw _reader.Bad(nonsense.Message);
        }
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
