using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Makes room for an entry where something of another kind has its name (docs/protocol.md 10.7).</summary>
internal sealed class WayClearer(Reception reception)
{
    private readonly TransferOptions _options = reception.Options;

    /// <summary>Removes what is in the way. A directory with contents goes only with <c>--force</c> or a delete option.</summary>
    /// <param name="whatFor">The kind of the entry, as it is called in messages.</param>
    public bool Clear(TreePath path, in FileStat present, string whatFor)
    {
        if (_options.DryRun)
            return true;
        var recurses = _options.Deletion.Force || _options.Deletion.Mode != DeleteMode.None;
        var error = !present.IsDirectory ? reception.Target.Unlink(path)
            : recurses ? reception.Target.RemoveTree(path)
            : reception.Target.RemoveDirectory(path);
        if (error is Errno.None or Errno.ENOENT)
            return true;
        if (error == Errno.ENOTEMPTY)
            reception.Session.Say(MessageCode.Info, $"cannot delete non-empty directory: {Reception.Text(path)}");
        else
            reception.Complain("generator", present.IsDirectory ? "delete_file: rmdir" : "delete_file: unlink", path, error);
        reception.Session.Say(MessageCode.ErrorXfer, $"could not make way for {(present.IsDirectory ? "" : "")}new {whatFor}: {Reception.Text(path)}");
        return false;
    }
}
