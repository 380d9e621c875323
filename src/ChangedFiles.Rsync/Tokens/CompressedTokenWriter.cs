using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>
/// Runs of blocks, and compressed data between them (docs/protocol.md 7.6). A run is held back until something else follows;
/// data is flushed before the next block and before the end.
/// </summary>
internal abstract class CompressedTokenWriter(FrameWriter writer) : TokenWriter(writer)
{
    private bool _unflushed;
    private int _runStart = -1;
    private int _runEnd;

    // The last block number that has been written in this file.
    private int _previous;

    public sealed override void Literal(ReadOnlySpan<byte> data)
    {
        WriteRun();
        _unflushed = true;
        Compress(data);
    }

    public sealed override void Copy(int block, ReadOnlySpan<byte> data)
    {
        FlushData();
        if (_runStart >= 0 && block == _runEnd + 1 && block - _runStart <= CompressedToken.MaxMore)
        {
            _runEnd = block;
        }
        else
        {
            WriteRun();
            _runStart = _runEnd = block;
        }
        OnCopied(data);
    }

    public sealed override void Finish()
    {
        FlushData();
        WriteRun();
        Writer.WriteByte(CompressedToken.End);
        _previous = 0;
    }

    /// <summary>Takes literal bytes; may hold them back until <see cref="Flush"/>.</summary>
    private protected abstract void Compress(ReadOnlySpan<byte> data);

    /// <summary>Brings out everything that was compressed.</summary>
    private protected abstract void Flush();

    /// <summary>A block was copied; called when everything before it has been flushed.</summary>
    private protected virtual void OnCopied(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>Writes one piece of compressed data, 1..<see cref="CompressedToken.MaxData"/> bytes.</summary>
    private protected void WriteData(ReadOnlySpan<byte> data)
    {
        Writer.WriteByte((byte)(CompressedToken.Data | data.Length >> 8));
        Writer.WriteByte((byte)data.Length);
        Writer.Write(data);
    }

    private void FlushData()
    {
        if (_unflushed)
            Flush();
        _unflushed = false;
    }

    private void WriteRun()
    {
        if (_runStart < 0)
            return;
        var step = _runStart - _previous;
        var more = _runEnd - _runStart;
        if (step is >= 0 and <= CompressedToken.ValueMask)
        {
            Writer.WriteByte((byte)((more == 0 ? CompressedToken.Relative : CompressedToken.RelativeRun) | step));
        }
        else
        {
            Writer.WriteByte(more == 0 ? CompressedToken.Long : CompressedToken.LongRun);
            Writer.WriteInt32(_runStart);
        }
        if (more > 0)
            Writer.WriteUInt16((ushort)more);
        _previous = _runEnd;
        _runStart = -1;
    }
}
