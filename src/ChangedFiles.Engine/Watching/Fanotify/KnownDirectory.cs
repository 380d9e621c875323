using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Watching;

/// <summary>Where a directory is, as of when it was looked up. Wrong as soon as it or one above it is stale.</summary>
internal sealed class KnownDirectory(KnownDirectory? parent, TreePath path, bool isWatched)
{
    private bool _isStale;

    public TreePath Path => path;

    /// <summary>False for what is outside of the tree, excluded or removed: nobody wants its events.</summary>
    public bool IsWatched => isWatched;

    /// <summary>It is gone, and was perhaps in the tree.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>It, or one above it, was moved or removed since.</summary>
    public bool IsStale
    {
        get
        {
            for (var at = this; at is not null; at = at.Parent)
            {
                if (at._isStale)
                    return true;
            }
            return false;
        }
    }

    private KnownDirectory? Parent => parent;

    public void MakeStale() => _isStale = true;
}
