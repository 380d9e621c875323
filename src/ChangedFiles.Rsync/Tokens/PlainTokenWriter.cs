using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>
/// <c>i32</c> tokens: the length of a literal run and its bytes, minus block number minus 1, 0 at the end (docs/protocol.md 7.5).
/// </summary>
internal sealed class PlainTokenWriter(FrameWriter writer) : TokenWriter(writer)
{
    // Longer runs are refused by 3.4.3 and 3.4.4.
    private const int MaxRun = 32 * 1024;

    public override void Begin(bool incompressible = false)
    {
    }

    public override void Literal(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var run = data[..Math.Min(MaxRun, data.Length)];
            Writer.WriteInt32(run.Length);
            Writer.Write(run);
            data = data[run.Length..];
        }
    }

    public override void Copy(int block, ReadOnlySpan<byte> data) => Writer.WriteInt32(~block);

    public override void Finish() => Writer.WriteInt32(0);
}
