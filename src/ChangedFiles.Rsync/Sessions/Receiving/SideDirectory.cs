using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>A directory that an option names: inside the destination, where its files can be renamed, or a tree of its own.</summary>
internal sealed class SideDirectory
{
    /// <param name="directory">As written; a relative one is below the destination.</param>
    /// <param name="make">It will be written to, and is made when it is missing.</param>
    public SideDirectory(Reception reception, string directory, bool make)
    {
        Name = directory;
        Tree = reception.Target;
        if (TreePath.TryParse(ArgumentText.Encode(directory.TrimEnd('/')), out var inside))
        {
            Path = inside;
            Error = make ? Errno.None : reception.Target.Stat(inside, out _);
            return;
        }
        IFileTarget? other = null;
        Error = reception.Half.Destination.OpenOther is { } open ? open(directory, make, out other) : Errno.ENOENT;
        if (other is not null)
            reception.Own(Tree = other);
        else if (make)
            throw new RsyncException(ExitCode.FileSelection, SessionStage.FileList,
                $"cannot use directory \"{directory}\": {Reception.Reason(Error)}");
    }

    /// <summary>As written.</summary>
    public string Name { get; }

    public IFileTarget Tree { get; }

    public TreePath Path { get; }

    /// <summary>Why it cannot be used; none when it can.</summary>
    public Errno Error { get; }

    /// <summary>A path of the transfer in it.</summary>
    public TreePath this[TreePath path] => Path.Append(path);
}
