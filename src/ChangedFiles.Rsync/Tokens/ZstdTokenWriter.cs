using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>One Zstandard frame for the whole session, flushed before each token (docs/protocol.md 7.6).</summary>
internal sealed class ZstdTokenWriter(FrameWriter writer, int level) : CompressedTokenWriter(writer)
{
    private readonly ZstdCompressor _compressor = new(level);
    private readonly byte[] _output = new byte[CompressedToken.MaxData];
    private int _filled;

    public override void Begin(bool incompressible = false)
    {
    }

    private protected override void Compress(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
            Step(ref data, flush: false);
    }

    private protected override void Flush()
    {
        var nothing = ReadOnlySpan<byte>.Empty;
        while (Step(ref nothing, flush: true))
        {
        }
        WriteOut();
    }

    protected override void Dispose(bool disposing)
    {
        _compressor.Dispose();
        base.Dispose(disposing);
    }

    private bool Step(ref ReadOnlySpan<byte> data, bool flush)
    {
        _filled += _compressor.Compress(ref data, _output.AsSpan(_filled), flush, out var more);
        if (_filled == _output.Length)
            WriteOut();
        return more;
    }

    private void WriteOut()
    {
        if (_filled > 0)
            WriteData(_output.AsSpan(0, _filled));
        _filled = 0;
    }
}
