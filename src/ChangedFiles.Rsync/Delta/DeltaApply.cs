using System.Buffers;
using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// Builds a file from literals and blocks of a basis, in order, hashing every byte of it (docs/protocol.md 7.5).
/// Small pieces are gathered before they are written: call <see cref="Flush"/> at the end.
/// </summary>
internal sealed class DeltaApply : IDisposable
{
    private const int GatherLength = 64 * 1024;

    // Pieces from this length on are written as they come.
    private const int LargePiece = 16 * 1024;

    private readonly SumHead _head;
    private readonly BasisWindow? _basis;
    private readonly WriteAt _output;
    private readonly StrongHash _digest;
    private byte[] _gathered = [];
    private int _pending;
    private long _written;

    /// <param name="head">The sum head that was requested.</param>
    /// <param name="basis">The basis of the request, or null if there is none.</param>
    /// <param name="output">Writes the new file.</param>
    /// <param name="digest">Gets every byte that is taken, once; the caller finishes it after <see cref="Flush"/>.</param>
    /// <param name="start">Where the first byte goes in the output: not 0 when a file is appended to.</param>
    public DeltaApply(SumHead head, ReadAt? basis, WriteAt output, StrongHash digest, long start = 0)
    {
        _head = head;
        _basis = basis is null ? null : new BasisWindow(basis, head.BasisLength);
        _output = output;
        _digest = digest;
        _written = start;
    }

    /// <summary>The output is the basis itself: a block that comes to its own place is not written (docs/protocol.md 7.7).</summary>
    public bool InPlace { get; init; }

    /// <summary>Bytes of the output so far.</summary>
    public long Length => _written + _pending;

    /// <summary>Takes new data.</summary>
    public void Literal(ReadOnlySpan<byte> data) => Append(data);

    /// <summary>Takes a block of the basis. Returns its bytes, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">There is no basis, or no such block.</exception>
    public ReadOnlySpan<byte> Copy(int block)
    {
        if (_basis is null)
            throw new InvalidDataException($"got a block match with no basis file: block {block}");
        if ((uint)block >= (uint)_head.Count)
            throw new InvalidDataException($"the sender refers to block {block} of {_head.Count}");
        var offset = _head.OffsetOf(block);
        var data = _basis.Read(offset, _head.LengthOf(block));
        if (InPlace && offset == Length)
            Keep(data);
        else
            Append(data);
        return data;
    }

    /// <summary>Writes what is still gathered.</summary>
    public void Flush()
    {
        if (_pending == 0)
            return;
        Write(_gathered.AsSpan(0, _pending));
        _pending = 0;
    }

    public void Dispose()
    {
        _basis?.Dispose();
        ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = [];
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        if (_pending + data.Length > GatherLength || data.Length >= LargePiece)
            Flush();
        if (data.Length >= LargePiece)
        {
            Write(data);
            return;
        }
        if (_gathered.Length == 0)
            _gathered = ArrayPool<byte>.Shared.Rent(GatherLength);
        data.CopyTo(_gathered.AsSpan(_pending));
        _pending += data.Length;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        Flush();
        _digest.Append(data);
        _written += data.Length;
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        _digest.Append(data);
        _output(data, _written);
        _written += data.Length;
    }
}
