using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>
/// New names of older files, until they go. inotify tells a write only by the name that it was done by; when that is gone before anybody looked at it, the
/// file has changed under another name of which nothing was told.
/// </summary>
internal sealed class NewLinks(SafeFileHandle root)
{
    /// <summary>Above it all are forgotten: whoever links that many files has them looked at together.</summary>
    private const int Most = 16_384;

    private readonly Dictionary<TreePath, bool> _isWritten = [];

    /// <summary>Notes what was done to a name that is no directory's.</summary>
    /// <returns>True when a file was written by it, loses it now, and had an older one.</returns>
    public bool Lost(TreePath path, InotifyEvents events)
    {
        if ((events & InotifyEvents.Create) != 0)
            Created(path);
        else if (_isWritten.Count > 0)
            return LostKnown(path, events);
        return false;
    }

    private void Created(TreePath path)
    {
        if (Inodes.Stat(root, path.Bytes, out var stat) != Errno.None || !stat.IsRegular || stat.LinkCount == 1)
            return;
        if (_isWritten.Count >= Most)
            _isWritten.Clear();
        _isWritten[path] = false;
    }

    private bool LostKnown(TreePath path, InotifyEvents events)
    {
        if ((events & (InotifyEvents.Delete | InotifyEvents.MovedFrom | InotifyEvents.MovedTo)) != 0)
            return _isWritten.Remove(path, out var wasWritten) && wasWritten;
        if ((events & (InotifyEvents.Modify | InotifyEvents.Attributes)) != 0 && _isWritten.ContainsKey(path))
            _isWritten[path] = true;
        return false;
    }
}
