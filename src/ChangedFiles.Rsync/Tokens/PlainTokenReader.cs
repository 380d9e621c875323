using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tokens;

/// <summary>Reads <c>i32</c> tokens (docs/protocol.md 7.5); a long literal run comes in parts.</summary>
internal sealed class PlainTokenReader(FrameReader reader) : TokenReader(reader)
{
    private readonly byte[] _data = new byte[MaxLiteral];
    private int _literalLeft;

    public override Token Read()
    {
        if (_literalLeft == 0)
        {
            var token = Reader.ReadInt32();
            if (token == 0)
                return Token.End;
            if (token < ~MaxBlock)
                throw Reader.Bad("a block beyond any file");
            if (token < 0)
                return Token.Copy(~token);
            _literalLeft = token;
        }
        var part = _data.AsSpan(0, Math.Min(MaxLiteral, _literalLeft));
        Reader.Read(part);
        _literalLeft -= part.Length;
        return Token.Literal(part);
    }
}
