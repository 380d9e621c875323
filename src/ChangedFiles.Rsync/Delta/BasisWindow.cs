using System.Buffers;

namespace ChangedFiles.Rsync.Delta;

/// <summary>Reads ranges of a basis of known length: ahead when they follow each other, else just what is asked for.</summary>
internal sealed class BasisWindow(ReadAt basis, long length) : IDisposable
{
    private const int ReadAhead = 256 * 1024;

    private byte[] _buffer = [];
    private long _start;
    private int _filled;
    private long _lastEnd;

    /// <summary>The bytes of a range inside the basis; zeros where it has become shorter. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(long offset, int count)
    {
        if (offset < _start || offset + count > _start + _filled)
            Load(offset, offset == _lastEnd ? (int)Math.Min(Math.Max(ReadAhead, count), length - offset) : count);
        _lastEnd = offset + count;
        return _buffer.AsSpan((int)(offset - _start), count);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Load(long offset, int count)
    {
        if (_buffer.Length < count)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(count);
        }
        _start = offset;
        _filled = count;
        basis.ReadFully(_buffer.AsSpan(0, count), offset);
    }
}
