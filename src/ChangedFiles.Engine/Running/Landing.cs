using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Running;

/// <summary>Two directories whose contents correspond: one of this machine, and one at a destination, as it is written there.</summary>
internal readonly record struct LandingTree(string Source, string Destination);

/// <summary>
/// Where an rsync line puts what one event names, seen as one name in two trees. The trees are taken as high up as the names
/// agree, so that many events share one pair of them.
/// </summary>
internal readonly record struct Landing(LandingTree Tree, TreePath Name)
{
    /// <summary>The line is one that <see cref="RsyncAction"/> has recognised.</summary>
    public static Landing Of(RsyncAction action, Rule rule, FileEvent happened)
    {
        var values = new EventValues(happened, rule.LiteralPrefix);
        ReadOnlySpan<byte> source = action.From.Expand(values);
        ReadOnlySpan<byte> destination = action.To.Expand(values);
        if (source is [.., (byte)'/'])
            return At(source, destination, name: default);
        var name = source[(source.LastIndexOf((byte)'/') + 1)..];
        if (destination is not [.., (byte)'/'])
            destination = DirectoryOf(destination);
        var above = DirectoryOf(source);
        var lowest = DirectoryOf(rule.LiteralPrefix).Length;
        while (action.KeepsPath && above.Length > lowest && Agree(above, destination.TrimEnd((byte)'/')))
        {
            above = DirectoryOf(above);
            destination = DirectoryOf(destination.TrimEnd((byte)'/'));
        }
        return At(above, destination, source[(above.Length == 1 ? 1 : above.Length + 1)..]);
    }

    private static Landing At(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> name)
    {
        var tree = new LandingTree(ArgumentText.Decode(Trimmed(source)), ArgumentText.Decode(Trimmed(destination)));
        return new Landing(tree, name.IsEmpty ? TreePath.Root : TreePath.Parse(name));
    }

    /// <summary>Both have the same last component, and neither is the top of what can be named.</summary>
    private static bool Agree(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        var (mine, theirs) = (source.LastIndexOf((byte)'/'), destination.LastIndexOf((byte)'/'));
        return mine >= 0 && theirs >= 0 && source.Length > 1 && source[mine..].SequenceEqual(destination[theirs..]);
    }

    private static ReadOnlySpan<byte> DirectoryOf(ReadOnlySpan<byte> path) => path.LastIndexOf((byte)'/') switch
    {
        > 0 and var slash => path[..slash],
        0 => path[..1],
        _ => [],
    };

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> path) => path.Length > 1 ? path.TrimEnd((byte)'/') is { IsEmpty: false } t ? t : path[..1] : path;
}
