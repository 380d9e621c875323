using System.Collections;
using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// Says a file in terms of a basis: which of its parts are blocks of the basis, and what is between them.
/// As long as blocks follow each other it goes from block to block; the window is rolled only where something changed.
/// </summary>
internal sealed class DeltaSearch
{
    private readonly BlockSums _sums;
    private readonly SumHead _head;
    private readonly BlockHash _hash;
    private readonly BlockIndex _index;
    private readonly IDeltaSink _sink;
    private readonly SourceWindow _source;

    // In-place only: blocks that were found at their own offset, which therefore keep their bytes (docs/protocol.md 7.7).
    private readonly BitArray? _unmoved;

    // The strong sum of the window, when it has been needed.
    private readonly byte[] _strong;
    private bool _hashed;

    // Bytes behind the window that have no match and have not been passed on.
    private int _literal;
    private int _lastMatch = -1;
    private long _hits;
    private long _falseAlarms;

    private DeltaSearch(BlockSums sums, BlockHash hash, BlockIndex index, bool inPlace, SourceWindow source, IDeltaSink sink)
    {
        _sums = sums;
        _head = sums.Head;
        _hash = hash;
        _index = index;
        _sink = sink;
        _source = source;
        _strong = new byte[_head.StrongLength];
        _unmoved = inPlace ? new BitArray(_head.Count) : null;
    }

    /// <summary>Searches a source and passes what it finds to <paramref name="sink"/>.</summary>
    /// <param name="sums">The sums of the basis.</param>
    /// <param name="hash">The strong sum that made them.</param>
    /// <param name="inPlace">The receiver overwrites the basis while it reads blocks from it (docs/protocol.md 7.7).</param>
    /// <param name="source">The new file.</param>
    /// <param name="length">Bytes of the source to send; a source that ends before is sent as far as it goes.</param>
    /// <param name="digest">Gets every byte of the source once, in order.</param>
    /// <param name="sink">Gets literals and copies.</param>
    /// <returns>Windows whose weak sum was that of a block, and how many of them were none after all.</returns>
    public static (long Hits, long FalseAlarms) Run(
        BlockSums sums, BlockHash hash, bool inPlace, ReadAt source, long length, StrongHash digest, IDeltaSink sink)
    {
        if (sums.Head.Count == 0)
        {
            SendWhole(source, 0, length, digest, sink);
            return default;
        }
        using var window = new SourceWindow(source, 0, length, sums.Head.BlockLength, digest);
        using var index = new BlockIndex(sums, highestFirst: inPlace);
        var search = new DeltaSearch(sums, hash, index, inPlace, window, sink);
        search.Search();
        return (search._hits, search._falseAlarms);
    }

    /// <summary>
    /// Passes a source on from <paramref name="offset"/> without looking for matches, <paramref name="length"/> bytes or to its end.
    /// </summary>
    public static void SendWhole(ReadAt source, long offset, long length, StrongHash digest, IDeltaSink sink)
    {
        using var window = new SourceWindow(source, offset, length, 0, digest);
        while (window.Fill())
        {
            sink.Literal(window.Data);
            window.Position += window.Available;
        }
    }

    private ReadOnlySpan<byte> Window => _source.Data[.._head.BlockLength];

    private void Search()
    {
        while (Have(_head.BlockLength))
        {
            var weak = WeakSum.Of(Window);
            var block = Find(weak);
            while (block < 0 && Roll(ref weak))
                block = Find(weak);
            if (block < 0)
                break;
            Copy(block);
        }
        SearchEnd();
    }

    // At most one full window is left. The short last block of the basis can match there, at the very end only.
    private void SearchEnd()
    {
        var last = _head.Count - 1;
        var length = _head.LengthOf(last);
        if (_head.Remainder != 0 && Have(length))
        {
            Skip(_source.Available - length);
            _hashed = false;
            if (Matches(last, WeakSum.Of(_source.Data), _source.Data))
                Copy(last);
        }
        Skip(_source.Available);
        FlushLiteral();
    }

    // Moves the window to the next offset whose weak sum is that of a block; false when no full window is left.
    private bool Roll(ref uint weak)
    {
        while (Have(_head.BlockLength + 1))
        {
            var hit = false;
            Skip(_index.Count == 0
                ? _source.Available - _head.BlockLength
                : RollingScan.Move(_source.Data, _head.BlockLength, _index, ref weak, out hit));
            if (hit)
                return true;
        }
        return false;
    }

    // The block that is in the window, or -1. One at its own offset needs no writing in place, and one after the last
    // match makes a run; both come before the others.
    private int Find(uint weak)
    {
        _hashed = false;
        if (_unmoved is not null && _source.Offset % _head.BlockLength == 0)
        {
            var own = _source.Offset / _head.BlockLength;
            if (own < _index.Count && Matches((int)own, weak, Window))
                return (int)own;
        }
        var next = _lastMatch + 1;
        if (next < _index.Count && Matches(next, weak, Window))
            return next;
        if (!_index.MayHold(weak))
            return -1;
        var block = _index.First(weak);
        for (var tried = 1; block >= 0 && !Matches(block, weak, Window); tried++)
            block = tried < BlockIndex.MaxCandidates ? _index.Next(block) : -1;
        return block;
    }

    private bool Matches(int block, uint weak, ReadOnlySpan<byte> window)
    {
        if (_sums.Weak(block) != weak || !IsUntouched(block))
            return false;
        if (!_hashed)
        {
            _hash.Compute(window, _strong);
            _hits++;
        }
        _hashed = true;
        var isSame = _sums.Strong(block).SequenceEqual(_strong);
        _falseAlarms += isSame ? 0 : 1;
        return isSame;
    }

    private bool IsUntouched(int block) => _unmoved is null || _head.OffsetOf(block) >= _source.Offset || _unmoved[block];

    private void Copy(int block)
    {
        FlushLiteral();
        if (_unmoved is not null && _head.OffsetOf(block) == _source.Offset)
            _unmoved[block] = true;
        var length = _head.LengthOf(block);
        _sink.Copy(block, _source.Data[..length]);
        _source.Position += length;
        _lastMatch = block;
    }

    private bool Have(int length)
    {
        while (_source.Available < length)
        {
            FlushLiteral();
            if (!_source.Fill())
                return false;
        }
        return true;
    }

    private void Skip(int length)
    {
        _source.Position += length;
        _literal += length;
    }

    private void FlushLiteral()
    {
        if (_literal > 0)
            _sink.Literal(_source.Behind(_literal));
        _literal = 0;
    }
}
