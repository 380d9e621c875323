using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Rsync.Transports;

/// <summary>Expands the wildcards of a source argument, where no shell has done it (docs/protocol.md 1.8).</summary>
internal static class Wildcards
{
    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right));

    /// <summary>What an argument stands for, in order; an argument that nothing matches stands for itself.</summary>
    /// <param name="start">The directory that it is relative to.</param>
    /// <param name="argument">May have <c>*</c>, <c>?</c> and <c>[...]</c>, each within a name, and a backslash before what means itself.</param>
    public static IReadOnlyList<byte[]> Expand(byte[] start, byte[] argument)
    {
        if (!argument.AsSpan().ContainsAny("*?["u8))
            return [argument];
        List<byte[]> found = [argument[0] == '/' ? "/"u8.ToArray() : []];
        foreach (var name in new PathParts(argument))
        {
            if (name.IsEmpty)
                continue;
            var part = name.ToArray();
            found = [.. found.SelectMany(above => Match(start, above, part))];
        }
        if (found.Count == 0)
            return [argument];
        return argument[^1] == '/' ? [.. found.Select(name => (byte[])[.. name, (byte)'/'])] : found;
    }

    private static IEnumerable<byte[]> Match(byte[] start, byte[] above, byte[] pattern)
    {
        if (!pattern.AsSpan().ContainsAny("*?["u8))
            return [Join(above, pattern)];
        if (LocalTree.Open(LocalSources.Join(start, above), out var tree) != Errno.None)
            return [];
        using (tree)
        {
            var names = new List<byte[]>();
            tree!.List(TreePath.Root, names);
            var hidden = pattern[0] == '.';
            return [.. names.Where(name => (hidden || name[0] != '.') && Wildmatch.IsMatch(pattern, name))
                .Order(ByBytes).Select(name => Join(above, name))];
        }
    }

    private static byte[] Join(byte[] above, byte[] name) => above switch
    {
        [] => name,
        [.., (byte)'/'] => [.. above, .. name],
        _ => [.. above, (byte)'/', .. name],
    };
}
