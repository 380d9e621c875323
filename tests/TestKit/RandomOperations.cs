using ChangedFiles.Linux;

namespace ChangedFiles.TestKit;

/// <summary>One writer of a <see cref="RandomWriter"/>.</summary>
internal sealed class RandomOperations(RawTree tree, Random random, RandomInodes inodes, int maxFileSize)
{
    private const int MaxDepth = 8;
    private static readonly byte[] Top = "."u8.ToArray();

    /// <summary>Does the next operation; what the kernel says to it is the result.</summary>
    public Errno Next() => random.Next(40) switch
    {
        < 8 => tree.Create(NewPath(), inodes.Content(maxFileSize), inodes.FileMode()),
        < 11 => tree.Mkdir(NewPath(), inodes.DirectoryMode()),
        < 15 => Overwrite(),
        < 17 => tree.Append(AnyPath(), inodes.Content(maxFileSize)),
        < 19 => tree.Truncate(AnyPath(), random.Next(maxFileSize)),
        < 21 => Replace(),
        < 26 => tree.Rename(AnyPath(), NewPath()),
        < 27 => tree.Rename(AnyPath(), AnyPath()),
        < 29 => tree.Remove(AnyPath()),
        < 31 => SwapType(),
        < 32 => tree.Chmod(AnyPath(), inodes.DirectoryMode()),
        < 33 => Chown(),
        < 35 => tree.Touch(AnyPath(), inodes.Time()),
        < 37 when inodes.Has(TreeFeatures.Symlinks) => tree.Symlink(NewPath(), inodes.LinkTarget()),
        < 39 when inodes.Has(TreeFeatures.HardLinks) => tree.Link(AnyPath(), NewPath()),
        _ => inodes.MakeSpecial(tree, NewPath()),
    };

    // Other content of the same size, often within the same second.
    private Errno Overwrite()
    {
        var path = AnyPath();
        if (tree.Stat(path, out var stat) is var error && error != Errno.None)
            return error;
        var content = new byte[stat.IsRegular ? Math.Min(stat.Size, maxFileSize) : 0];
        random.NextBytes(content);
        return tree.Write(path, content);
    }

    // As editors save: a temporary file beside it, then a rename over it.
    private Errno Replace()
    {
        var path = AnyPath();
        byte[] temporary = [.. path, (byte)'~'];
        var error = tree.Create(temporary, inodes.Content(maxFileSize), inodes.FileMode());
        return error == Errno.None ? tree.Rename(temporary, path) : error;
    }

    // A file becomes a directory with something inside, anything else becomes a file or a link.
    private Errno SwapType()
    {
        var path = AnyPath();
        tree.Stat(path, out var stat);
        if (tree.Remove(path) is var error && error != Errno.None)
            return error;
        if (!stat.IsRegular && inodes.Has(TreeFeatures.Symlinks) && random.Next(2) == 0)
            return tree.Symlink(path, inodes.LinkTarget());
        if (!stat.IsRegular)
            return tree.Create(path, inodes.Content(maxFileSize));
        error = tree.Mkdir(path);
        tree.Create(RawTree.Join(path, inodes.Name()), inodes.Content(maxFileSize));
        return error;
    }

    private Errno Chown() =>
        inodes.Has(TreeFeatures.Owners) && Privileges.IsRoot ? tree.Chown(AnyPath(), inodes.Id(), inodes.Id()) : Errno.EPERM;

    private byte[] NewPath()
    {
        var directory = Descend(stop: 3);
        while (!directory.AsSpan().SequenceEqual(Top) && !(tree.Stat(directory, out var stat) == Errno.None && stat.IsDirectory))
            directory = directory.AsSpan().LastIndexOf((byte)'/') is var slash and >= 0 ? directory[..slash] : Top;
        return RawTree.Join(directory, inodes.Name());
    }

    // Something that was there a moment ago, or a name that is not there when the tree is empty.
    private byte[] AnyPath() => Descend(stop: 6) is var path && path.AsSpan().SequenceEqual(Top) ? "no such name"u8.ToArray() : path;

    private byte[] Descend(int stop)
    {
        var path = Top;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            var names = tree.List(path);
            if (depth == 0)
                names.RemoveAll(name => name.AsSpan().SequenceEqual("stays"u8));
            if (names.Count == 0)
                break;
            path = RawTree.Join(path, names[random.Next(names.Count)]);
            if (random.Next(stop) == 0)
                break;
        }
        return path;
    }
}
