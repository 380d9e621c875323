namespace ChangedFiles.Engine.Watching;

/// <summary>A directory with an inotify watch, in the tree as the events read so far tell it.</summary>
internal sealed class WatchedDirectory(int watch)
{
    public int Watch => watch;

    public WatchedDirectory? Parent { get; private set; }
    public byte[] Name { get; private set; } = [];
    /// <summary>The pass over the whole tree that found it last.</summary>
    public int Pass { get; set; }

    private WatchedDirectory? _firstChild, _next, _previous;

    /// <summary>Gives it its place, also when it had another one. False when that would be inside itself: the picture of the tree is wrong.</summary>
    public bool TryPlace(WatchedDirectory parent, ReadOnlySpan<byte> name)
    {
        for (var above = parent; above is not null; above = above.Parent)
        {
            if (above == this)
                return false;
        }
        Detach();
        Name = name.ToArray();
        Parent = parent;
        _next = parent._firstChild;
        if (_next is not null)
            _next._previous = this;
        parent._firstChild = this;
        return true;
    }

    /// <summary>Takes it out of the tree, with all below it.</summary>
    public void Detach()
    {
        if (Parent is null)
            return;
        if (_previous is null)
            Parent._firstChild = _next;
        else
            _previous._next = _next;
        if (_next is not null)
            _next._previous = _previous;
        Parent = _next = _previous = null;
    }

    /// <summary>This one and all below it, parents first. The tree must not change meanwhile.</summary>
    public IEnumerable<WatchedDirectory> Subtree()
    {
        var waiting = new Stack<WatchedDirectory>([this]);
        while (waiting.TryPop(out var directory))
        {
            yield return directory;
            for (var child = directory._firstChild; child is not null; child = child._next)
                waiting.Push(child);
        }
    }
}
