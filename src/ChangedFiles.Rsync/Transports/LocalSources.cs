using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Transports;

/// <summary>Opens the directories of this machine that source arguments start from, and closes them at the end.</summary>
/// <param name="options">Whether links are followed.</param>
/// <param name="start">The directory that arguments are relative to, as an absolute path; "/" at its end or not.</param>
internal sealed class LocalSources(TransferOptions options, byte[] start) : IDisposable
{
    private readonly List<LocalTree> _opened = [];
    private LocalTree? _top;

    /// <inheritdoc cref="OpenSource"/>
    public Errno Open(ReadOnlySpan<byte> directory, out SourceRoot? root)
    {
        root = null;
        var absolute = Join(start, directory);
        var error = LocalTree.Open(absolute, out var tree, new LocalTreeOptions
        {
            Links = Links,
            KeepAccessTimes = options.Preserve.OpenNoatime,
            FakeSuper = options.Preserve.FakeSuper,
        });
        if (error != Errno.None)
            return error;
        _opened.Add(tree!);
        while (directory is [.., (byte)'/'])
            directory = directory[..^1];
        root = new SourceRoot(tree!, ArgumentText.Decode(absolute).TrimEnd('/') + "/")
        {
            Directory = directory.ToArray(),
            Bound = options.Selection is { FilesFrom: not null, ConfineRoot: not null } ? path => options.Selection.Paths.Check(Join(absolute, path.Bytes)) : null,
            Filters = new FilterTree { Source = tree, Top = Top(), Root = Below(absolute) },
        };
        return Errno.None;
    }

    public void Dispose()
    {
        _opened.ForEach(tree => tree.Dispose());
        _top?.Dispose();
    }

    /// <summary>Names of <c>-R</c> may lead through links, which are what the operator wrote; those in a list only through links that can be trusted.</summary>
    private LinkPolicy Links => options.Selection switch
    {
        { CopyLinks: true } or { CopyDirlinks: true } or { CopyUnsafeLinks: true } => LinkPolicy.Follow,
        { FilesFrom: not null, InsecureLinks: false } => LinkPolicy.FollowTrusted,
        { Relative: true } or { FilesFrom: not null } => LinkPolicy.Follow,
        _ => LinkPolicy.Refuse,
    };

    private LocalTree? Top()
    {
        if (_top is null)
            LocalTree.Open("/"u8, out _top);
        return _top;
    }

    private static TreePath Below(ReadOnlySpan<byte> absolute)
    {
        var path = TreePath.Root;
        foreach (var part in new PathParts(absolute))
        {
            if (part.SequenceEqual(".."u8))
                path = path.Parent;
            else if (!part.IsEmpty && !part.SequenceEqual("."u8))
                path = path.Child(part);
        }
        return path;
    }

    /// <summary>An absolute name stays; another is put behind, with one slash between.</summary>
    internal static byte[] Join(ReadOnlySpan<byte> start, ReadOnlySpan<byte> name) => name switch
    {
        [] => start.ToArray(),
        [(byte)'/', ..] => name.ToArray(),
        _ => start is [.., (byte)'/'] ? [.. start, .. name] : [.. start, (byte)'/', .. name],
    };
}
