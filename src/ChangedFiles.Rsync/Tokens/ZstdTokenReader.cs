using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>Reads one Zstandard frame that lasts for the whole session (docs/protocol.md 7.6).</summary>
internal sealed class ZstdTokenReader(FrameReader reader) : CompressedTokenReader(reader)
{
    private readonly ZstdDecompressor _decompressor = new();

    private protected override bool Decompress(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced) =>
        _decompressor.Decompress(ref input, output, out produced);

    protected override void Dispose(bool disposing)
    {
        _decompressor.Dispose();
        base.Dispose(disposing);
    }
}
