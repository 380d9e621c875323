using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>Each piece of data is an LZ4 block of its own (docs/protocol.md 7.6).</summary>
internal sealed class Lz4TokenWriter(FrameWriter writer) : CompressedTokenWriter(writer)
{
    private readonly byte[] _output = new byte[CompressedToken.MaxData];

    public override void Begin(bool incompressible = false)
    {
    }

    private protected override void Compress(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var taken = Math.Min(CompressedToken.MaxData, data.Length);
            int length;
            // Incompressible bytes grow a little: less of them fit.
            while ((length = Lz4.Compress(data[..taken], _output)) == 0)
                taken /= 2;
            WriteData(_output.AsSpan(0, length));
            data = data[taken..];
        }
    }

    private protected override void Flush()
    {
    }
}
