using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Looks for a file in the same directory that may be an older version under another name (<c>--fuzzy</c>): one of equal size and time,
/// else the one with the most similar name.
/// </summary>
internal sealed class FuzzySearch(Reception reception, Alternates alternates, Itemizer itemizer)
{
    /// <summary>Most names of a directory that are compared.</summary>
    private const int MaxNames = 20_000;

    private readonly List<(BasisFile Directory, List<Candidate> Files)> _known = [];
    private TreePath? _directory;

    /// <summary>The candidate to use, with its basis number; null when there is none.</summary>
    public (BasisFile File, byte Basis, long Size)? Find(in Item item)
    {
        if (item.Entry.Length == 0)
            return null;
        Look(item.Path.Parent);
        (BasisFile, byte, long)? best = null;
        var bestScore = 0;
        for (var i = 0; i < _known.Count; i++)
        {
            foreach (var file in _known[i].Files)
            {
                var score = Score(item, file);
                if (score <= bestScore)
                    continue;
                bestScore = score;
                var (tree, path) = _known[i].Directory;
                best = (new BasisFile(tree, path.Child(file.Name)), (byte)(Basis.Fuzzy + i), file.Stat.Size);
            }
        }
        return best;
    }

    private void Look(TreePath directory)
    {
        if (_directory == directory)
            return;
        (_directory, var levels) = (directory, reception.Options.Comparison.Fuzzy > 1 ? alternates.Count : 0);
        _known.Clear();
        _known.Add(List(new BasisFile(reception.Target, directory)));
        for (var i = 0; i < levels; i++)
            _known.Add(List(alternates[i, directory]));
    }

    private static (BasisFile, List<Candidate>) List(BasisFile directory)
    {
        var names = new List<DirectoryEntry>();
        var files = new List<Candidate>();
        directory.Tree.List(directory.Path, names);
        // Among equals the first counts, as in stock, in the order of a file list.
        names.Sort(static (one, other) => one.Name.AsSpan().SequenceCompareTo(other.Name));
        foreach (var name in names.Take(MaxNames))
        {
            if (name.Kind is FileKind.Regular or FileKind.None
                && directory.Tree.Stat(directory.Path.Child(name.Name), out var stat) == Errno.None
                && stat is { IsRegular: true, Size: > 0 })
                files.Add(new Candidate(name.Name, stat));
        }
        return (directory, files);
    }

    /// <summary>0 is of no use.</summary>
    private int Score(in Item item, Candidate file)
    {
        var name = item.Path.Name;
        if (name.SequenceEqual(file.Name))
            return 0;
        if (file.Stat.Size == item.Entry.Length && !itemizer.TimesDiffer(file.Stat.Mtime, item.Entry.Mtime))
            return int.MaxValue;
        var start = name.CommonPrefixLength(file.Name);
        var most = Math.Min(name.Length, file.Name.Length) - start;
        var end = 0;
        while (end < most && name[^(end + 1)] == file.Name[^(end + 1)])
            end++;
        // Half of the longer name is the least.
        var same = start + end;
        var longer = Math.Max(name.Length, file.Name.Length);
        return 2 * same >= longer ? 1000 * same / longer : 0;
    }

    private readonly record struct Candidate(byte[] Name, FileStat Stat);
}
