using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Asks the sender for data, with the sums of a basis where there is one (docs/protocol.md 7.2, 7.3).</summary>
internal sealed class RequestWriter
{
    private readonly Reception _reception;
    private readonly Itemizer _itemizer;
    private readonly FrameWriter _writer;
    private readonly ComparisonOptions _options;
    private readonly BlockHash _hash;
    private readonly AppendMode _append;

    public RequestWriter(Reception reception, Itemizer itemizer)
    {
        var terms = reception.Session.Terms;
        (_reception, _itemizer, _writer) = (reception, itemizer, reception.Session.Writer);
        _options = reception.Options.Comparison;
        _append = reception.Options.Writing.Append;
        // A batch brings the sums' shape that its sender was given.
        IsWholeFile = reception.Pace is not null || _options.WholeFile == true || terms.TransferChecksum == ChecksumKind.None;
        _hash = reception.BlockHash;
    }

    /// <summary>No basis is looked at.</summary>
    public bool IsWholeFile { get; }

    /// <summary>Sends a request, and counts it as outstanding.</summary>
    public void Send(PendingRequest request, BasisFile? basis)
    {
        request.Work.Outstanding++;
        Write(request, basis);
    }

    /// <summary>Sends a request for the second time, with full sums.</summary>
    public void SendAgain(PendingRequest request) => Write(request with { IsRedo = true }, request.BasisFile);

    private void Write(PendingRequest request, BasisFile? basis)
    {
        SourceFile? file = null;
        if (basis is not null && (!IsWholeFile || IsAppended(request)) && _reception.MovesData)
            Open(basis, out file);
        using (file)
        {
            var head = file is null ? default
                : SumHead.ForBasis(file.Stat.Size, _options.BlockSize, _hash.DigestLength, request.IsRedo);
            request = request with { Head = head, BasisFile = head.Count > 0 || _reception.Pace is not null ? basis : null };
            if (!_reception.Requests.TryAdd(request))
                throw new InvalidOperationException($"{request.Entry} was asked for twice");
            _itemizer.Request(request);
            if (!_reception.MovesData)
                return;
            head.Write(_writer.Room(SumHead.Length));
            _writer.Advance(SumHead.Length);
            if (head.Count > 0 && !IsAppended(request))
                BlockSumMaker.Make(head, file!.ReadAt, _hash, Emit);
        }
    }

    /// <summary>What is there is neither compared nor replaced: only its length is told.</summary>
    private bool IsAppended(PendingRequest request) => _append != AppendMode.None && !request.IsRedo;

    private void Open(BasisFile basis, out SourceFile? file)
    {
        var error = basis.Tree.Open(basis.Path, out file);
        if (error is not (Errno.None or Errno.ENOENT))
            _reception.Complain("generator", "failed to open", basis.Path, error, ", continuing");
    }

    private void Emit(ReadOnlySpan<byte> sums)
    {
        _writer.Write(sums);
        _reception.Session.KeepAliveInTime();
    }
}
