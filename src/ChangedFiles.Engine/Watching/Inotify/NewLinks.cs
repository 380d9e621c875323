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

    // By the watch of its directory: that stays the same when one above is renamed.
    private readonly Dictionary<(int Watch, TreePath Name), bool> _isWritten = [];
    private uint _moving;

    /// <summary>Notes what was done to a name that is no directory's.</summary>
    /// <param name="watch">Of the directory that it is in.</param>
    /// <param name="cookie">What the two events of a move have in common; 0 for others.</param>
    /// <returns>True when a file was written by it, loses it now, and had an older one.</returns>
    public bool Lost(int watch, TreePath path, InotifyEvents events, uint cookie)
    {
        const InotifyEvents Came = InotifyEvents.Create | InotifyEvents.MovedTo;
        if (_isWritten.Count == 0 && (events & Came) == 0)
            return false;
        var name = (watch, TreePath.Root.Child(path.Name));
        // By its new name it may be gone again already.
        var isMoved = (events & InotifyEvents.MovedTo) != 0 && cookie == _moving;
        var isLost = false;
        if ((events & InotifyEvents.MovedFrom) != 0 && _isWritten.ContainsKey(name))
            _moving = cookie;
        if ((events & (InotifyEvents.Delete | InotifyEvents.MovedFrom | InotifyEvents.MovedTo)) != 0)
            isLost = _isWritten.Remove(name, out var wasWritten) && wasWritten;
        else if ((events & (InotifyEvents.Modify | InotifyEvents.Attributes)) != 0 && _isWritten.ContainsKey(name))
            _isWritten[name] = true;
        if (isMoved || ((events & Came) != 0 && Inodes.Stat(root, path.Bytes, out var stat) == Errno.None && stat.IsRegular && stat.LinkCount > 1))
            Add(name);
        return isLost;
    }

    private void Add((int Watch, TreePath Name) name)
    {
        if (_isWritten.Count >= Most)
            _isWritten.Clear();
        _isWritten[name] = false;
    }
}
