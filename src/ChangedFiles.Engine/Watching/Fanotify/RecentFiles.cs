using ChangedFiles.Linux;

namespace ChangedFiles.Engine.Watching;

/// <summary>The files that were added last: at least so many as one generation has, at most two of them.</summary>
internal sealed class RecentFiles
{
    private const int Generation = 16_384;

    private HashSet<FileHandle> _younger = [];
    private HashSet<FileHandle> _older = [];

    public void Add(in FileHandle file)
    {
        if (!_younger.Add(file) || _younger.Count < Generation)
            return;
        (_younger, _older) = (_older, _younger);
        _younger.Clear();
    }

    public bool Contains(in FileHandle file) => _younger.Contains(file) || _older.Contains(file);
}
