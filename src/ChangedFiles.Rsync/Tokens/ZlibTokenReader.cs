using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>Reads one raw deflate stream a file (docs/protocol.md 7.6).</summary>
/// <param name="reader">Where the tokens come from.</param>
/// <param name="history">What matched blocks add to the history (zlib); null for none (zlibx).</param>
internal sealed class ZlibTokenReader(FrameReader reader, BlockHistory? history) : CompressedTokenReader(reader)
{
    private readonly RawInflate _inflate = new();

    // The sync at the end of the data before a token ends so; the sender leaves it out.
    private protected override ReadOnlySpan<byte> DataTail => [0x00, 0x00, 0xFF, 0xFF];

    public override void Copied(ReadOnlySpan<byte> data) => history?.Add(data, _inflate.AddHistory);

    private protected override bool Decompress(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced) =>
        _inflate.Inflate(ref input, output, out produced);

    private protected override void OnEnd() => _inflate.Reset();

    protected override void Dispose(bool disposing)
    {
        _inflate.Dispose();
        base.Dispose(disposing);
    }
}
