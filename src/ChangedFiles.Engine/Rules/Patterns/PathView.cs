using System.Buffers;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>One path while it is matched: its bytes, and its text, decoded once and only when a regex asks for it.</summary>
internal ref struct PathView(ReadOnlySpan<byte> bytes)
{
    private char[]? _chars;
    private int _length;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<char> Text
    {
        get
        {
            if (_chars is null)
            {
                _chars = ArrayPool<char>.Shared.Rent(Bytes.Length);
                _length = ArgumentText.Decode(Bytes, _chars);
            }
            return _chars.AsSpan(0, _length);
        }
    }

    public void Dispose()
    {
        if (_chars is not null)
            ArrayPool<char>.Shared.Return(_chars);
        _chars = null;
    }
}
