using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>A directory that an option names: inside the destination, where its files can be renamed, or a tree of its own.</summary>
internal sealed class SideDirectory
{
    /// <param name="directory">As written; a relative one is below the destination.</param>
    /// <param name="make">It will be written to, and is made when it is missing. What can be made when it is needed counts as made.</param>
    public SideDirectory(Reception reception, string directory, bool make)
    {
        Name = directory;
        Tree = reception.Target;
        if (TreePath.TryParse(ArgumentText.Encode(directory.TrimEnd('/')), out var inside))
        {
            Path = inside;
            IsInside = !LeadsOut(reception.Target, inside, out var error);
            Error = error;
            if (IsInside)
            {
                Error = make ? Errno.None : Error;
                return;
            }
            Path = TreePath.Root;
        }
        IFileTarget? other = null;
        Error = reception.Half.Destination.OpenOther is { } open ? open(directory, make, out other) : Errno.ENOENT;
        if (other is not null)
            reception.Own(Tree = other);
    }

    /// <summary>Inside the destination, where it can be made when it is needed.</summary>
    public bool IsInside { get; }

    /// <summary>As written.</summary>
    public string Name { get; }

    public IFileTarget Tree { get; }

    public TreePath Path { get; }

    /// <summary>Why it cannot be used; none when it can.</summary>
    public Errno Error { get; }

    /// <summary>A link that is there now may be the operator's own, and is followed. One that comes later is the sender's, and is not.</summary>
    public static bool LeadsOut(IFileTarget tree, TreePath inside, out Errno error)
    {
        error = tree.Stat(inside, out var stat);
        return error == Errno.ELOOP || stat.IsSymlink;
    }

    /// <summary>A path of the transfer in it.</summary>
    public TreePath this[TreePath path] => Path.Append(path);
}
