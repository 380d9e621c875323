using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>Joins directory and name. Events often repeat the last one: it is kept, not made again.</summary>
internal struct RepeatedPath
{
    private TreePath _directory;
    private TreePath _last;

    public TreePath Of(TreePath directory, ReadOnlySpan<byte> name)
    {
        if (_directory != directory || _last.IsRoot || !_last.Name.SequenceEqual(name))
            (_directory, _last) = (directory, directory.Child(name));
        return _last;
    }
}
