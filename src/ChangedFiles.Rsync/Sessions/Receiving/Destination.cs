using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// The destination argument of a transfer: an open tree, and the names below it that are still to be made or that a single file shall have
/// (docs/protocol.md 7.0).
/// </summary>
internal sealed record Destination
{
    /// <summary>The deepest directory of the argument that exists. The session does not dispose of it.</summary>
    public required IFileTarget Tree { get; init; }

    /// <summary>What the argument names below <see cref="Tree"/>: missing, or no directory. The root: the tree itself.</summary>
    public TreePath Path { get; init; }

    /// <summary>The argument ended in a slash: it can only be a directory.</summary>
    public bool IsDirectory { get; init; }

    /// <summary>The argument as it was written, for messages, in the form of <see cref="ArgumentText"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>What stands before a path of the transfer in messages, without a slash at the end: "/home/me/dir".</summary>
    public string FullName { get; init; } = "";

    /// <summary>
    /// Opens a directory that an option names (<c>--link-dest</c>, <c>--backup-dir</c>, …) and that is not inside the destination; makes it
    /// and those above it first when it is to be written to. Null: there are none.
    /// </summary>
    public DirectoryOpener? OpenOther { get; init; }

    /// <summary>A destination on this machine, as a user writes it; "" is the current directory.</summary>
    /// <param name="argument">In the form of <see cref="ArgumentText"/>.</param>
    /// <param name="options">How links inside are treated.</param>
    /// <exception cref="RsyncException">It cannot be reached (<see cref="ExitCode.FileSelection"/>).</exception>
    public static Destination Local(string argument, LocalTreeOptions? options = null)
    {
        var directory = argument.Length == 0 ? "." : argument.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        // A bound is for what options name.
        var unbound = options is { Paths: { } paths } ? options with { Paths = paths with { Within = null } } : options;
        var missing = TreePath.Root;
        for (var at = directory; ; at = ParentOf(at))
        {
            var error = LocalTree.Open(ArgumentText.Encode(at), out var tree, unbound);
            if (error == Errno.None)
                return Below(tree!, missing, argument, directory, options);
            // A link to a file is a name to be replaced, whoever made it.
            if (error == Errno.ELOOP && File.Exists(at))
                error = Errno.ENOTDIR;
            var name = ArgumentText.Encode(at[(at.LastIndexOf('/') + 1)..]);
            if (error is not (Errno.ENOENT or Errno.ENOTDIR) || !TreePath.TryParse(name, out var last) || last.IsRoot)
                throw new RsyncException(ExitCode.FileSelection, SessionStage.Setup,
                    $"change_dir \"{System.IO.Path.Combine(Environment.CurrentDirectory, at)}\" failed: {error.Describe()} ({(int)error})");
            missing = last.Append(missing);
        }
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') switch
    {
        < 0 => ".",
        0 => "/",
        var slash => path[..slash].TrimEnd('/') is { Length: > 0 } parent ? parent : "/",
    };

    private static Destination Below(LocalTree tree, TreePath missing, string argument, string directory, LocalTreeOptions? options)
    {
        var full = directory == "." ? Environment.CurrentDirectory : System.IO.Path.Combine(Environment.CurrentDirectory, directory);
        return new Destination
        {
            Tree = tree,
            Path = missing,
            IsDirectory = argument.EndsWith('/'),
            Name = argument,
            FullName = full == "/" ? "" : full,
            OpenOther = (string other, bool make, out IFileTarget? opened) => OpenOtherDirectory(full, other, make, options, out opened),
        };
    }

    private static Errno OpenOtherDirectory(
        string destination, string directory, bool make, LocalTreeOptions? options, out IFileTarget? other)
    {
        var path = directory.StartsWith('/') ? directory : $"{destination}/{directory}";
        // A dry run does not make the destination, but names are relative to it all the same.
        if (!make && !Directory.Exists(destination))
            path = System.IO.Path.GetFullPath(path);
        var error = LocalTree.Open(ArgumentText.Encode(path), out var tree, options);
        other = null;
        if (error == Errno.ENOENT && make)
        {
            // The operator's word, not a peer's.
            try
            {
                Directory.CreateDirectory(path);
            }
            catch (UnauthorizedAccessException)
            {
                return Errno.EACCES;
            }
            catch (IOException)
            {
                return Errno.ENOENT;
            }
            error = LocalTree.Open(ArgumentText.Encode(path), out tree, options);
        }
        other = tree;
        return error;
    }
}

/// <summary>Opens a directory that an option names.</summary>
/// <param name="directory">As written; a relative one is below the destination directory.</param>
/// <param name="make">It is made, with those above it, when it is missing.</param>
/// <param name="tree">The directory; the session disposes of it when it can be disposed of.</param>
internal delegate Errno DirectoryOpener(string directory, bool make, out IFileTarget? tree);
