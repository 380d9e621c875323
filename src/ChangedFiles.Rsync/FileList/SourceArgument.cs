using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>How a source argument ends, which decides what it stands for (docs/protocol.md 6.10).</summary>
internal enum SourceKind
{
    /// <summary>A name: what has it, and with recursion what is below.</summary>
    Name,

    /// <summary>With <c>-R</c>, a name with a slash behind: a directory with its contents.</summary>
    Contents,

    /// <summary>The directory itself is the top of the transfer.</summary>
    Top,
}

/// <summary>A source argument taken apart (docs/protocol.md 6.9, 6.10).</summary>
/// <param name="Directory">The directory that names in the list are relative to, as written; empty for the current one.</param>
/// <param name="Path">The argument's name in the list.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="ImpliesTop">A leading "./" of a relative name: the top itself is listed as an implied directory.</param>
internal readonly record struct SourceArgument(byte[] Directory, TreePath Path, SourceKind Kind, bool ImpliesTop = false)
{
    /// <summary>Takes an argument apart.</summary>
    /// <param name="text">As written; holds no NUL.</param>
    /// <param name="relative">With <c>-R</c>.</param>
    /// <exception cref="RsyncException">A ".." in the part that would be the name in the list (<see cref="ExitCode.SyntaxOrUsage"/>).</exception>
    public static SourceArgument Parse(ReadOnlySpan<byte> text, bool relative) => relative ? ParseRelative(text) : ParsePlain(text);

    private static SourceArgument ParsePlain(ReadOnlySpan<byte> text)
    {
        var slash = text.LastIndexOf((byte)'/');
        var name = text[(slash + 1)..];
        if (name.IsEmpty || name.SequenceEqual(".."u8))
            return new SourceArgument(text.ToArray(), TreePath.Root, SourceKind.Top);
        // The slash stays: it is all there is of the root directory.
        var directory = text[..(slash + 1)].ToArray();
        return name.SequenceEqual("."u8)
            ? new SourceArgument(directory, TreePath.Root, SourceKind.Top)
            : new SourceArgument(directory, TreePath.Root.Child(name), SourceKind.Name);
    }

    private static SourceArgument ParseRelative(ReadOnlySpan<byte> text)
    {
        var name = text;
        var directory = text.StartsWith("/"u8) ? "/"u8 : [];
        if (text.IndexOf("/./"u8) is >= 0 and var cut)
        {
            directory = text[..(cut + 1)];
            name = text[(cut + 3)..].TrimStart((byte)'/');
        }
        if (!WirePath.TryClean(name, out var path))
        {
            throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.Setup,
                $"found \"..\" dir in relative path: {TreePath.Printable(name)}");
        }
        var kind = path.IsRoot ? SourceKind.Top
            : name.EndsWith("/"u8) || name.EndsWith("/."u8) ? SourceKind.Contents : SourceKind.Name;
        return new SourceArgument(directory.ToArray(), path, kind, ImpliesTop: name.StartsWith("./"u8) && name.Length > 2);
    }
}
