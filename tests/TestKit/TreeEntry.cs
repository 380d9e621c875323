using System.Text;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.TestKit;

/// <summary>One thing in a <see cref="TreeSnapshot"/>. Names and link targets are bytes, held one byte a char (Latin-1).</summary>
public sealed record TreeEntry
{
    /// <summary>Relative to the top of the tree, which is "".</summary>
    public required string Path { get; init; }

    /// <summary>As find(1) writes it: f d l p s c b.</summary>
    public required char Type { get; init; }

    /// <summary>The twelve permission bits in octal.</summary>
    public required string Mode { get; init; }
    public required string Uid { get; init; }
    public required string Gid { get; init; }
    /// <summary>Bytes.</summary>
    public required long Size { get; init; }
    /// <summary>Seconds and nanoseconds as a decimal fraction.</summary>
    public required string Mtime { get; init; }
    /// <summary>512-byte blocks allocated; not compared.</summary>
    public required long Blocks { get; init; }
    /// <summary>Device and inode number; not compared.</summary>
    public required string Inode { get; init; }
    public required int LinkCount { get; init; }
    public required string Target { get; init; }

    /// <summary>Major and minor number of a device node.</summary>
    public string Device { get; init; } = "";

    /// <summary>The first name in the tree of the same inode, where there are several.</summary>
    public string LinkedWith { get; init; } = "";

    /// <summary>SHA-256 of a regular file, or why it could not be read.</summary>
    public string Content { get; init; } = "";

    /// <summary>All extended attributes that this user may see, ACLs among them, one a line in hexadecimal.</summary>
    public string Xattrs { get; init; } = "";

    /// <summary>A name for people.</summary>
    public static string Printable(string latin1) => latin1.Length == 0 ? "." : TreePath.Printable(Encoding.Latin1.GetBytes(latin1));

    public override string ToString() => $"{Type} {Mode} {Uid}:{Gid} {Size} {Mtime} {Printable(Path)}";
}
