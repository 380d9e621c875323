using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.FileList;

/// <summary>Texts of symbolic links (docs/protocol.md 11.5).</summary>
internal static class LinkTarget
{
    /// <summary>What makes a stored link lead nowhere; taken off again when it is sent.</summary>
    public static ReadOnlySpan<byte> MungePrefix => "/rsyncd-munged/"u8;

    /// <summary>
    /// True for a link that may lead out of the transfer: empty, absolute, climbing above the top, or with a ".." behind another
    /// name, because that name may be a link itself.
    /// </summary>
    /// <param name="target">The link's text.</param>
    /// <param name="link">Where the link is.</param>
    public static bool IsUnsafe(ReadOnlySpan<byte> target, TreePath link)
    {
        if (target.IsEmpty || target[0] == '/')
            return true;
        var depth = link.Depth - 1;
        var down = false;
        foreach (var component in new PathParts(target))
        {
            if (component.SequenceEqual(".."u8))
            {
                if (down || --depth < 0)
                    return true;
            }
            else if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                down = true;
            }
        }
        return false;
    }

    /// <summary>The text that a munged link had before.</summary>
    public static byte[] Restore(byte[] target) =>
        target.Length > MungePrefix.Length && target.AsSpan().StartsWith(MungePrefix) ? target[MungePrefix.Length..] : target;
}
