using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.FileList;

/// <summary>Names as peers write them, made into paths (docs/protocol.md 6.3, 11.5).</summary>
internal static class WirePath
{
    /// <summary>
    /// Drops slashes too many and "." components. False for a ".." component: it is refused, never resolved.
    /// Components may be longer than this machine allows: that file then fails by itself.
    /// </summary>
    public static bool TryClean(ReadOnlySpan<byte> name, out TreePath path)
    {
        path = TreePath.Root;
        if (name.SequenceEqual("."u8))
            return true;
        if (IsClean(name))
        {
            path = TreePath.Root.Child(name);
            return true;
        }
        foreach (var component in new PathParts(name))
        {
            if (component.SequenceEqual(".."u8))
                return false;
            if (!component.IsEmpty && !component.SequenceEqual("."u8))
                path = path.Child(component);
        }
        return true;
    }

    /// <summary>True when no component is empty or begins with a dot, so that nothing has to be looked at.</summary>
    private static bool IsClean(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name[0] is not ((byte)'/' or (byte)'.') && name[^1] != '/'
        && name.IndexOf("/."u8) < 0 && name.IndexOf("//"u8) < 0;
}
