using System.Buffers;
using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// The part of a source file that a search looks at. Reads in large pieces and hashes each while it is in the cache.
/// Owns its buffer until it is disposed.
/// </summary>
internal sealed class SourceWindow : IDisposable
{
    private const int ReadLength = 256 * 1024;

    private readonly ReadAt _read;
    private readonly StrongHash _digest;
    private readonly byte[] _buffer;
    private readonly int _capacity;
    private long _bufferOffset;
    private long _left;
    private int _end;

    /// <param name="read">The source.</param>
    /// <param name="offset">First byte to read.</param>
    /// <param name="length">Bytes to read, unless the file ends before.</param>
    /// <param name="keep">Most bytes that a caller keeps when it asks for more.</param>
    /// <param name="digest">Gets every byte once.</param>
    public SourceWindow(ReadAt read, long offset, long length, int keep, StrongHash digest)
    {
        _read = read;
        _digest = digest;
        _bufferOffset = offset;
        _left = length;
        _capacity = (int)Math.Min(length, ReadLength + keep);
        _buffer = ArrayPool<byte>.Shared.Rent(_capacity);
    }

    /// <summary>Where the next byte to look at is, in the buffer. Moved by the caller.</summary>
    public int Position { get; set; }

    /// <summary>Bytes from <see cref="Position"/> on.</summary>
    public int Available => _end - Position;

    /// <summary>What is there from <see cref="Position"/> on. Valid until <see cref="Fill"/>.</summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(Position, _end - Position);

    /// <summary>Where <see cref="Position"/> is in the source.</summary>
    public long Offset => _bufferOffset + Position;

    /// <summary>The last <paramref name="length"/> bytes before <see cref="Position"/>.</summary>
    public ReadOnlySpan<byte> Behind(int length) => _buffer.AsSpan(Position - length, length);

    /// <summary>Forgets what is behind <see cref="Position"/> and reads on. False at the end of the source.</summary>
    public bool Fill()
    {
        if (_left == 0)
            return false;
        Data.CopyTo(_buffer);
        _bufferOffset += Position;
        _end -= Position;
        Position = 0;
        var room = (int)Math.Min(_capacity - _end, _left);
        var read = _read(_buffer.AsSpan(_end, room), _bufferOffset + _end);
        _digest.Append(_buffer.AsSpan(_end, read));
        _end += read;
        _left = read == 0 ? 0 : _left - read;
        return read > 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
