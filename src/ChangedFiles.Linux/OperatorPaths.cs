using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// How a path is followed that the operator gave: symbolic links on the way count when they belong to root or to the user this runs as. What
/// somebody else put in the way is <see cref="Errno.ELOOP"/>. What was opened stays the same, whatever happens to the path.
/// </summary>
/// <param name="AnyLink">Links of others are followed too.</param>
/// <param name="Within">An absolute directory that no path leads out of (<see cref="Errno.ELOOP"/>); null: there is no such bound.</param>
public sealed record OperatorPaths(bool AnyLink = false, string? Within = null)
{
    /// <summary>What to tell a user of a path that was refused.</summary>
    public const string Refusal = "refusing to follow a symlink owned by an untrusted user; use --insecure-links locally or "
        + "\"insecure links = yes\" in a daemon module ONLY if every path component is trusted";

    /// <summary>Pins a directory, to take names in it.</summary>
    public Errno OpenDirectory(ReadOnlySpan<byte> path, out SafeFileHandle? handle) => Open(path, Directories.NamesOnly, 0, out handle);

    /// <summary>Opens a file to read it.</summary>
    public Errno OpenToRead(ReadOnlySpan<byte> path, out SafeFileHandle? handle) =>
        Open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0, out handle);

    /// <summary>Opens a file to write it anew, with these permissions if it has to be made.</summary>
    public Errno OpenToWrite(ReadOnlySpan<byte> path, uint permissions, out SafeFileHandle? handle) =>
        Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.CloseOnExec, permissions, out handle);

    /// <summary>Opens a file to add to it, with the usual permissions if it has to be made.</summary>
    public Errno OpenToAppend(ReadOnlySpan<byte> path, out SafeFileHandle? handle) =>
        Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.CloseOnExec, 0x1B6, out handle);

    /// <summary>Whether what is at a path may be had.</summary>
    public Errno Check(ReadOnlySpan<byte> path)
    {
        using var walk = new OperatorWalk(AnyLink);
        var error = walk.To(path);
        return error == Errno.None && !IsWithin(walk) ? Errno.ELOOP : error;
    }

    private Errno Open(ReadOnlySpan<byte> path, int flags, uint mode, out SafeFileHandle? handle)
    {
        handle = null;
        using var walk = new OperatorWalk(AnyLink);
        var error = walk.To(path);
        if (error == Errno.None && !IsWithin(walk))
            error = walk.IsNameless ? Errno.ENOENT : Errno.ELOOP;
        return error != Errno.None ? error : Resolution.OpenAt(walk.Directory, walk.Name, flags | walk.LastFlags, mode, out handle);
    }

    private bool IsWithin(OperatorWalk walk)
    {
        if (Within is null)
            return true;
        using var bound = new OperatorWalk(anyLink: false);
        return bound.To(Encoding.UTF8.GetBytes($"{Within}/.")) == Errno.None && walk.Location().AsSpan().StartsWith(bound.Location());
    }
}
