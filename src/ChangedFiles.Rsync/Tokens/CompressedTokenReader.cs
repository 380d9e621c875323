using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>Reads runs of blocks and the compressed data between them (docs/protocol.md 7.6).</summary>
internal abstract class CompressedTokenReader(FrameReader reader) : TokenReader(reader)
{
    private const int NoFlag = -1;

    private readonly byte[] _input = new byte[CompressedToken.MaxData];
    private readonly byte[] _output = new byte[MaxLiteral];
    private int _inputStart;
    private int _inputEnd;
    private bool _hadData;
    private bool _mayHaveOutput;
    private int _flag = NoFlag;
    private int _block;
    private int _runLeft;

    public sealed override Token Read()
    {
        if (_runLeft > 0)
        {
            _runLeft--;
            return Token.Copy(++_block);
        }
        while (true)
        {
            var produced = Decompress();
            if (produced > 0)
                return Token.Literal(_output.AsSpan(0, produced));
            if (_flag == NoFlag)
                ReadFlag();
            else
                return TakeFlag();
        }
    }

    /// <summary>Decompresses into <paramref name="output"/>; called again until it produces nothing, with whatever input is left.</summary>
    /// <param name="input">Moves on by what was used.</param>
    /// <returns>False when the data is broken.</returns>
    private protected abstract bool Decompress(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced);

    /// <summary>What belongs after the last data before a token or the end.</summary>
    private protected virtual ReadOnlySpan<byte> DataTail => default;

    /// <summary>The file has ended.</summary>
    private protected virtual void OnEnd()
    {
    }

    private protected RsyncException Broken(string what) => Reader.Bad($"compressed file data: {what}");

    private int Decompress()
    {
        if (_inputStart == _inputEnd && !_mayHaveOutput)
            return 0;
        ReadOnlySpan<byte> input = _input.AsSpan(_inputStart, _inputEnd - _inputStart);
        if (!Decompress(ref input, _output, out var produced))
            throw Broken("it cannot be decompressed");
        if (produced == 0 && !input.IsEmpty)
            throw Broken("it stops making sense");
        _inputStart = _inputEnd - input.Length;
        _mayHaveOutput = produced == _output.Length;
        return produced;
    }

    // Reads one flag. Data goes to the input; anything else is kept until all output of the data before it has been given.
    private void ReadFlag()
    {
        var flag = Reader.ReadByte();
        if ((flag & CompressedToken.KindMask) == CompressedToken.Data)
        {
            var length = (flag & CompressedToken.ValueMask) << 8 | Reader.ReadByte();
            if (length == 0)
                throw Broken("an empty piece");
            Reader.Read(_input.AsSpan(0, length));
            (_inputStart, _inputEnd) = (0, length);
            _hadData = true;
            return;
        }
        _flag = flag;
        if (_hadData)
        {
            DataTail.CopyTo(_input);
            (_inputStart, _inputEnd) = (0, DataTail.Length);
        }
    }

    private Token TakeFlag()
    {
        var flag = _flag;
        _flag = NoFlag;
        _hadData = false;
        if (flag == CompressedToken.End)
        {
            _block = 0;
            OnEnd();
            return Token.End;
        }
        var isRelative = (flag & CompressedToken.Relative) != 0;
        if (!isRelative && flag is not (CompressedToken.Long or CompressedToken.LongRun))
            throw Broken($"unknown flag 0x{flag:x2}");
        var isRun = isRelative ? (flag & CompressedToken.KindMask) == CompressedToken.RelativeRun : flag == CompressedToken.LongRun;
        var block = isRelative ? (long)_block + (flag & CompressedToken.ValueMask) : Reader.ReadInt32();
        var more = isRun ? Reader.ReadUInt16() : 0;
        if (block < 0 || block + more > MaxBlock)
            throw Broken($"block number {block + more}");
        if (isRun && more == 0)
            throw Broken("an empty run of blocks");
        (_block, _runLeft) = ((int)block, more);
        return Token.Copy(_block);
    }
}
