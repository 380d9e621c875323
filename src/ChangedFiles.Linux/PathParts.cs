namespace ChangedFiles.Linux;

/// <summary>
/// Walks over what is between the slashes of a path, empty parts too: of an empty path one.
/// (The framework's way to split has to be compiled at run time.)
/// </summary>
internal ref struct PathParts(ReadOnlySpan<byte> path)
{
    private ReadOnlySpan<byte> _rest = path;
    private bool _isLast;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly PathParts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isLast)
            return false;
        var slash = _rest.IndexOf((byte)'/');
        _isLast = slash < 0;
        Current = _isLast ? _rest : _rest[..slash];
        _rest = _rest[(slash + 1)..];
        return true;
    }
}
