using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>One raw deflate stream a file, synced before each token without the sync's last four bytes (docs/protocol.md 7.6).</summary>
/// <param name="writer">Where the tokens go.</param>
/// <param name="level">0..9.</param>
/// <param name="history">What matched blocks add to the history (zlib); null for none (zlibx).</param>
internal sealed class ZlibTokenWriter(FrameWriter writer, int level, BlockHistory? history) : CompressedTokenWriter(writer)
{
    // 00 00 ff ff: the receiver puts them back.
    private const int SyncTail = 4;

    private readonly RawDeflate _deflate = new(level);

    // Always holds back the last bytes, which may turn out to be the tail of a sync.
    private readonly byte[] _output = new byte[CompressedToken.MaxData + SyncTail];
    private int _filled;

    public override void Begin(bool incompressible = false) => _deflate.Reset(incompressible ? 0 : level);

    private protected override void Compress(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
            Deflate(ref data, sync: false);
    }

    private protected override void Flush()
    {
        var nothing = ReadOnlySpan<byte>.Empty;
        while (!Deflate(ref nothing, sync: true))
        {
        }
        if (_filled > SyncTail)
            WriteData(_output.AsSpan(0, _filled - SyncTail));
        _filled = 0;
    }

    private protected override void OnCopied(ReadOnlySpan<byte> data) => history?.Add(data, _deflate.AddHistory);

    protected override void Dispose(bool disposing)
    {
        _deflate.Dispose();
        base.Dispose(disposing);
    }

    // True when zlib left room in the output, so that a sync is complete.
    private bool Deflate(ref ReadOnlySpan<byte> data, bool sync)
    {
        _filled += _deflate.Deflate(ref data, _output.AsSpan(_filled), sync);
        if (_filled < _output.Length)
            return true;
        WriteData(_output.AsSpan(0, CompressedToken.MaxData));
        _output.AsSpan(CompressedToken.MaxData).CopyTo(_output);
        _filled = SyncTail;
        return false;
    }
}
