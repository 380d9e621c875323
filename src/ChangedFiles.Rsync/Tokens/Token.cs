namespace ChangedFiles.Rsync.Tokens;

internal enum TokenKind
{
    End,
    Literal,
    Copy,
}

/// <summary>One step of a file: bytes, a block of the basis, or the end.</summary>
internal readonly ref struct Token
{
    private Token(TokenKind kind, int block, ReadOnlySpan<byte> data)
    {
        Kind = kind;
        Block = block;
        Data = data;
    }

    public TokenKind Kind { get; }

    /// <summary>Of a copy: the block number, 0 or more; not checked against the basis.</summary>
    public int Block { get; }

    /// <summary>Of a literal: 1..32768 bytes, valid until the next read.</summary>
    public ReadOnlySpan<byte> Data { get; }

    internal static Token End => default;

    internal static Token Literal(ReadOnlySpan<byte> data) => new(TokenKind.Literal, 0, data);

    internal static Token Copy(int block) => new(TokenKind.Copy, block, default);
}
