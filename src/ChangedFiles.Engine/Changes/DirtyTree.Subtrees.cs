using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Changes;

/// <summary>Marks of whole subtrees: what they make needless, and how many marks become one.</summary>
public sealed partial class DirtyTree
{
    /// <summary>
    /// A subtree that is marked as a whole, and will be looked at no later, makes the mark needless, unless that tells more. It takes
    /// the mark's age over, so that the watermark stays true.
    /// </summary>
    private bool SwallowedAbove(DirtyMark mark)
    {
        if (_subtrees == 0 || mark.RenamedFrom is not null)
            return false;
        for (var path = mark.Path; !path.IsRoot;)
        {
            path = path.Parent;
            if (!_marks.TryGetValue(path, out var above) || !above.Subtree)
                continue;
            if (TellsMore(mark, above))
                return false;
            if (!Swallows(above, mark))
                continue;
            if (mark.Since < above.Since)
                _marks[path] = above with { Since = mark.Since };
            return true;
        }
        return false;
    }

    private bool Swallows(DirtyMark above, DirtyMark mark) =>
        above.Subtree && (_isPatient ? above.NotBefore == mark.NotBefore : above.NotBefore <= mark.NotBefore)
        && (!above.Trusting || !(mark.Touched.HasFlag(Touch.Written) || (!mark.Trusting && (mark.Subtree || mark.Names))));

    /// <summary>The directory above was renamed, and this name in it is an exception from what its hint says.</summary>
    private static bool TellsMore(DirtyMark mark, DirtyMark above) => above.RenamedFrom is not null && mark.IsUnknown;

    /// <summary>The same among marks that were taken together.</summary>
    private static List<DirtyMark> WithoutSwallowed(List<DirtyMark> batch)
    {
        var subtrees = batch.Where(mark => mark.Subtree && !mark.Trusting).ToDictionary(mark => mark.Path);
        if (subtrees.Count == 0)
            return batch;
        var kept = new List<DirtyMark>(batch.Count);
        foreach (var mark in batch)
        {
            if (mark.RenamedFrom is null && TopmostAbove(mark, subtrees) is { } above)
                subtrees[above] = subtrees[above] with { Since = Math.Min(subtrees[above].Since, mark.Since) };
            else
                kept.Add(mark);
        }
        return kept.ConvertAll(mark => subtrees.TryGetValue(mark.Path, out var above) ? mark with { Since = above.Since } : mark);
    }

    private static TreePath? TopmostAbove(DirtyMark mark, Dictionary<TreePath, DirtyMark> subtrees)
    {
        TreePath? topmost = null;
        for (var path = mark.Path; !path.IsRoot;)
        {
            path = path.Parent;
            if (!subtrees.TryGetValue(path, out var above))
                continue;
            if (TellsMore(mark, above))
                return null;
            topmost = path;
        }
        return topmost;
    }

    /// <summary>Makes room for half the limit: level by level from the deepest up, names become one mark for their directory.</summary>
    private void Collapse()
    {
        for (var depth = _marks.Keys.Max(path => path.Depth); _marks.Count > _limit / 2 && depth > 0; depth--)
        {
            var collapsed = new Dictionary<TreePath, DirtyMark>(_limit / 2);
            foreach (var mark in _marks.Values)
            {
                var kept = mark.Path.Depth < depth ? mark : new DirtyMark(mark.Path.Parent)
                {
                    Subtree = true,
                    Trusting = mark is { Subtree: true, Trusting: true },
                    Since = mark.Since,
                };
                collapsed[kept.Path] = collapsed.TryGetValue(kept.Path, out var other) ? other.Merge(kept) : kept;
            }
            _marks = collapsed;
        }
        _ripe.Clear();
        _held.Clear();
        _subtrees = _marks.Values.Count(mark => mark.Subtree);
        foreach (var mark in _marks.Values)
            Enqueue(mark);
    }
}
