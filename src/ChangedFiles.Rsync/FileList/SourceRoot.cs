using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Opens the directory that the names of source arguments are relative to; every directory is asked for once. Its tree follows links
/// when <c>-L</c>, <c>-k</c> or <c>--copy-unsafe-links</c> are on, and where names of <c>-R</c> may lead through links.
/// </summary>
/// <param name="directory">As written in the argument; empty for where the program (or the module) is.</param>
/// <param name="root">The directory. The one who opens it also closes it, when the session is over.</param>
internal delegate Errno OpenSource(ReadOnlySpan<byte> directory, out SourceRoot? root);

/// <summary>A directory that names of a list are relative to, and what they lead to in it.</summary>
/// <param name="tree">Its files, under the names they have in the list.</param>
/// <param name="name">How messages name it, with a slash at its end; empty for the current directory.</param>
internal sealed class SourceRoot(IFileSource tree, string name = "")
{
    /// <summary>Its files, under the names they have in the list.</summary>
    public IFileSource Tree { get; } = tree;

    /// <summary>The directory as it was written, for <c>%f</c> of a format.</summary>
    public ReadOnlyMemory<byte> Directory { get; init; }

    /// <summary>Whether a name may be had (<c>--confine-root</c>); null: all may.</summary>
    internal Func<TreePath, Errno>? Bound { get; init; }

    /// <summary>Where filter rules find their files.</summary>
    public FilterTree Filters { get; init; } = new() { Source = tree };

    /// <summary>The rules above the top; set when the first argument is read from here.</summary>
    internal FilterScope? Scope { get; set; }

    /// <summary>A name for messages, in quotes; what prints them escapes it.</summary>
    internal string Describe(TreePath path) => $"\"{name}{(path.IsRoot && name.Length > 0 ? "" : ArgumentText.Decode(path.Bytes))}\"";
}
