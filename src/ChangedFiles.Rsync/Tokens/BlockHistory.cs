namespace ChangedFiles.Rsync.Tokens;

/// <summary>How the zlib method puts matched blocks into the history of both sides (docs/protocol.md 7.6).</summary>
internal sealed class BlockHistory(int protocol)
{
    // What one stored block can hold.
    private const int MaxPiece = 0xFFFF;

    // Peers of these protocols take the block's leading bytes again for each piece after the first.
    private readonly bool _repeatsTheStart = protocol < 31;

    public void Add(ReadOnlySpan<byte> block, Action<ReadOnlySpan<byte>> add)
    {
        for (var at = 0; at < block.Length; at += MaxPiece)
            add(block.Slice(_repeatsTheStart ? 0 : at, Math.Min(MaxPiece, block.Length - at)));
    }
}
