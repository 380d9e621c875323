using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>
/// Reads pieces that are LZ4 blocks of their own (docs/protocol.md 7.6), of at most 32 KiB unpacked; stock makes them half as long.
/// </summary>
internal sealed class Lz4TokenReader(FrameReader reader) : CompressedTokenReader(reader)
{
    private protected override bool Decompress(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced)
    {
        produced = input.IsEmpty ? 0 : Lz4.Decompress(input, output);
        input = default;
        return produced >= 0;
    }
}
