using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Where files are that are not complete, or wait for the end (docs/protocol.md 7.7): a directory in each directory, or one for all.
/// </summary>
internal sealed class PartialStore
{
    private const uint Private = 0x1C0;
    private const string DefaultOfDelay = ".~tmp~";

    private readonly IFileTarget _target;
    private readonly byte[] _name = [];
    private readonly SideDirectory? _fixed;

    private PartialStore(Reception reception, string directory)
    {
        _target = reception.Target;
        if (directory.StartsWith('/'))
            _fixed = new SideDirectory(reception, directory, make: true);
        else if (WirePath.TryClean(ArgumentText.Encode(directory), out var inside) && !inside.IsRoot)
            _name = inside.Bytes.ToArray();
        else
            throw new RsyncException(ExitCode.FileSelection, SessionStage.FileList, $"cannot use partial-dir \"{directory}\": a relative one is inside each directory");
    }

    /// <summary>Null when the options name no such directory and need none, and when one for all cannot be used: then nothing is kept.</summary>
    public static PartialStore? Of(Reception reception)
    {
        var writing = reception.Options.Writing;
        var directory = writing.PartialDir ?? (writing.DelayUpdates ? DefaultOfDelay : null);
        var store = directory is null ? null : new PartialStore(reception, directory);
        return store?._fixed is { Error: not Errno.None } ? null : store;
    }

    public BasisFile this[TreePath path] => _fixed is not null
        ? new BasisFile(_fixed.Tree, TreePath.Root.Child(path.Name))
        : new BasisFile(_target, path.Parent.Child(_name).Child(path.Name));

    /// <summary>Makes the directory for a file.</summary>
    public Errno Prepare(TreePath path)
    {
        if (_fixed is not null)
            return Errno.None;
        var directory = path.Parent.Child(_name);
        if (_target.Stat(directory, out var stat) == Errno.None)
        {
            if (stat.IsDirectory)
                return Errno.None;
            _target.Unlink(directory);
        }
        return _target.MakeDirectory(directory, Private);
    }

    /// <summary>Removes a file that is not needed any more, and its directory when it was the last.</summary>
    public void Forget(TreePath path)
    {
        if (_fixed is not null)
        {
            _fixed.Tree.Unlink(TreePath.Root.Child(path.Name));
            return;
        }
        _target.Unlink(this[path].Path);
        LeaveDirectory(path);
    }

    /// <summary>Removes the directory of a file if nothing is left in it.</summary>
    public void LeaveDirectory(TreePath path)
    {
        if (_fixed is null)
            _target.RemoveDirectory(path.Parent.Child(_name));
    }
}
