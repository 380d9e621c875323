using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Changes;

/// <summary>Renames: marks of two names, with a hint what the destination has of the new one.</summary>
public sealed partial class DirtyTree
{
    /// <summary>With more marks than this a renamed directory is not searched for those below it, and loses its hint.</summary>
    private const int MostMoved = 10_000;

    // Made when it is asked for.
    private Dictionary<TreePath, TreePath>? _hintsInFlight;

    /// <summary>
    /// Marks two names: what was at <paramref name="old"/> is at <paramref name="path"/> now. The hint that goes with it names what the destination knows:
    /// renamed again before anybody looked, that is still the first name.
    /// </summary>
    /// <param name="directory">It is a directory, so that all below has moved too.</param>
    public void MarkRenamed(TreePath old, TreePath path, bool directory)
    {
        var now = _clock.GetTimestamp();
        lock (_lock)
        {
            var known = KnownName(old, out var touched);
            if (directory && !MoveBelow(old, path))
                known = null;
            var mark = new DirtyMark(old) { Subtree = directory, Since = now, NotBefore = After(_settle) };
            Add(mark);
            Add(mark with { Path = path, Touched = Touch.Replaced | Touch.Renamed | touched, RenamedFrom = known == path ? null : known });
        }
    }

    /// <summary>
    /// The name at the destination of what is at <paramref name="path"/>; null where the destination has nothing of it. Of what is in flight nobody knows how
    /// far it is: the planner learns it when it has arrived.
    /// </summary>
    private TreePath? KnownName(TreePath path, out Touch touched)
    {
        touched = Touch.None;
        if (_marks.TryGetValue(path, out var mark))
        {
            touched = mark.Touched & (Touch.Content | Touch.Attributes | Touch.Written);
            // The hint moves along with what it is about.
            _marks[path] = mark with { RenamedFrom = null };
            return mark.Touched.HasFlag(Touch.Replaced) ? mark.RenamedFrom : path;
        }
        for (var above = path; _subtrees > 0 && !above.IsRoot;)
        {
            above = above.Parent;
            if (_marks.TryGetValue(above, out mark) && mark.Subtree)
                return mark.RenamedFrom?.Append(path.RelativeTo(above));
        }
        _hintsInFlight ??= _inFlight.Where(moved => moved.RenamedFrom is not null).ToDictionary(moved => moved.Path, moved => moved.RenamedFrom!.Value);
        return _hintsInFlight.TryGetValue(path, out var first) ? first : path;
    }

    /// <summary>What is marked below a directory that moves is marked at its new place too. False: too much to do.</summary>
    private bool MoveBelow(TreePath old, TreePath path)
    {
        if (_marks.Count > MostMoved)
            return false;
        foreach (var mark in _marks.Values.Where(mark => mark.Path.IsBelow(old)).ToList())
        {
            // Marks may have collapsed since the first of them was moved.
            if (_marks.TryGetValue(mark.Path, out var left))
                _marks[mark.Path] = left with { RenamedFrom = null, IsThere = false };
            Add(mark with { Path = path.Append(mark.Path.RelativeTo(old)), IsThere = false });
        }
        return true;
    }
}
