using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>How good a file in an alternate directory is.</summary>
internal enum AlternateMatch
{
    None,

    /// <summary>It has the kind of the entry: its data may help.</summary>
    Basis,

    /// <summary>It has the data of the entry.</summary>
    Data,

    /// <summary>It has the attributes as well.</summary>
    Exact,
}

/// <summary>What was found for an entry in the alternate directories.</summary>
internal readonly record struct Alternate(AlternateMatch Match, int Number, BasisFile File, FileStat Stat);

/// <summary>The directories of <c>--compare-dest</c>, <c>--copy-dest</c> and <c>--link-dest</c>.</summary>
internal sealed class Alternates
{
    private readonly List<SideDirectory> _directories = [];
    private readonly Itemizer _itemizer;
    private readonly FileComparison _comparison;

    public Alternates(Reception reception, Itemizer itemizer, FileComparison comparison)
    {
        (_itemizer, _comparison) = (itemizer, comparison);
        var options = reception.Options.Comparison;
        Use = options.AlternateDest;
        foreach (var name in options.AlternateDirs.Take(Basis.MaxAlternates))
        {
            var directory = new SideDirectory(reception, name, make: false);
            if (directory.Error == Errno.ELOOP)
                reception.Session.Say(MessageCode.Warning, OperatorPaths.Refusal);
            else if (directory.Error != Errno.None)
                reception.Session.Say(MessageCode.Warning, $"--{Use.ToString().ToLowerInvariant()}-dest arg {(directory.Error == Errno.ENOTDIR ? "is not a dir" : "does not exist")}: "
                    + (name.StartsWith('/') ? name : $"{reception.FullName}/{name}"));
            _directories.Add(directory);
        }
    }

    /// <summary>What a match is used for.</summary>
    public AlternateDest Use { get; }

    public bool Any => _directories.Count > 0;

    /// <summary>The place of a path in a directory.</summary>
    public BasisFile this[int number, TreePath path] => new(_directories[number].Tree, _directories[number][path]);

    public int Count => _directories.Count;

    /// <summary>The best match; the first of several that are equally good.</summary>
    public Alternate Find(in Item item)
    {
        Alternate best = default;
        for (var number = 0; number < _directories.Count && best.Match < AlternateMatch.Exact; number++)
        {
            if (_directories[number].Error != Errno.None)
                continue;
            var file = this[number, item.Path];
            if (file.Tree.Stat(file.Path, out var stat) != Errno.None || stat.Kind != item.Entry.Kind)
                continue;
            var match = Judge(item, file, stat);
            if (match > best.Match)
                best = new Alternate(match, number, file, stat);
        }
        return best;
    }

    private AlternateMatch Judge(in Item item, BasisFile file, in FileStat stat)
    {
        var entry = item.Entry;
        var sameData = entry switch
        {
            { IsRegular: true } => _comparison.IsSame(entry, stat, file.Tree, file.Path),
            { IsSymlink: true } =>
                file.Tree.ReadLink(file.Path, out var text) == Errno.None && text.AsSpan().SequenceEqual(entry.LinkTarget),
            { IsDevice: true } => stat.RdevMajor == entry.Rdev.Major && stat.RdevMinor == entry.Rdev.Minor,
            _ => true,
        };
        if (!sameData)
            return AlternateMatch.Basis;
        const ItemFlags attributes = ItemFlags.OnWire & ~ItemFlags.NotSignificant;
        return (_itemizer.Compare(item, stat, ItemFlags.None, file: file) & attributes) == 0 ? AlternateMatch.Exact : AlternateMatch.Data;
    }
}
