using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Decides, when the first list has come, what the destination is: a directory, or a file (docs/protocol.md 7.0).</summary>
internal sealed class DestinationResolution(Reception reception)
{
    private const uint AllAccess = 0x1FF; // rwxrwxrwx, less what the umask takes

    private readonly Destination _destination = reception.Half.Destination;
    private readonly TransferOptions _options = reception.Options;

    public void Resolve(FileList.FileList first, int entries)
    {
        var path = _destination.Path;
        if (path.IsRoot)
        {
            if (_destination.Tree.Stat(TreePath.Root.Child("..rsync"u8), out _) == Errno.EACCES)
                throw Wrong(ExitCode.FileSelection,
                    $"change_dir#1 \"{_destination.FullName}{(_destination.IsDirectory ? "/" : "")}\" failed: {Reception.Reason(Errno.EACCES)}");
            return;
        }
        var exists = _destination.Tree.Stat(path, out _) == Errno.None;
        var only = entries == 1 ? first[first.Start] : null;
        if (exists && _destination.IsDirectory)
            throw Wrong(ExitCode.FileSelection, $"[Receiver] ERROR: cannot stat destination \"{_destination.FullName}/\": {Reception.Reason(Errno.ENOTDIR)}");
        if (exists && entries > 1)
            throw Wrong(ExitCode.FileSelection, "ERROR: destination must be a directory when copying more than 1 file");
        if (exists && only is { IsDirectory: true })
            throw Wrong(ExitCode.FileSelection, "ERROR: cannot overwrite non-directory with a directory");
        if (only is not null && !_destination.IsDirectory)
            TakeAsName(path);
        else
            MakeDirectory(path, first);
    }

    private void TakeAsName(TreePath path)
    {
        var name = TreePath.Root.Child(path.Name);
        if (_options.Writing.Mkpath && MakeParents(path) is > 0 and var made)
            Say(Messages.CreatedDirectories(made, _destination.Name[..Math.Max(0, _destination.Name.LastIndexOf('/'))]));
        reception.SingleName = name;
        var slash = _destination.FullName.LastIndexOf('/');
        reception.FullName = slash < 0 ? "" : _destination.FullName[..slash];
        if (path.Parent.IsRoot)
            return;
        Enter(path.Parent);
    }

    private void MakeDirectory(TreePath path, FileList.FileList first)
    {
        var made = _options.Writing.Mkpath ? MakeParents(path) : 0;
        var error = _options.DryRun ? Errno.None : _destination.Tree.MakeDirectory(path, AllAccess);
        if (error != Errno.None)
        {
            throw new RsyncException(ExitCode.FileIO, SessionStage.FileList,
                $"mkdir \"{_destination.FullName}\" failed: {Reception.Reason(error)}");
        }
        if (first[first.Start] is { Path.IsRoot: true } top)
            top.Marks |= EntryMarks.Made;
        var name = _destination.Name.TrimEnd('/');
        if (made > 0)
            Say(Messages.CreatedDirectories(made + 1, name));
        if (made == 0 || _options.DryRun)
            Say(Messages.CreatedDirectory(name));
        Enter(path);
    }

    private int MakeParents(TreePath path)
    {
        var made = 0;
        foreach (var parent in path.Parent.IsRoot ? [] : path.Parent.WithParents())
        {
            if (_options.DryRun ? _destination.Tree.Stat(parent, out _) == Errno.ENOENT : _destination.Tree.MakeDirectory(parent, AllAccess) == Errno.None)
                made++;
        }
        return made;
    }

    private void Enter(TreePath path)
    {
        if (_options.DryRun && _destination.Tree.Stat(path, out _) != Errno.None)
        {
            // What a dry run did not make is empty.
            reception.Target = new MemoryTree();
            return;
        }
        var error = _destination.Tree.OpenTarget(path, out var target);
        if (error != Errno.None)
        {
            throw new RsyncException(ExitCode.FileSelection, SessionStage.FileList,
                error == Errno.ENOTDIR
                    ? $"[Receiver] ERROR: cannot stat destination \"{_destination.FullName}\": {Reception.Reason(error)}"
                    : $"change_dir#3 \"{reception.FullName}\" failed: {Reception.Reason(error)}");
        }
        reception.Target = target!;
    }

    private void Say(string text)
    {
        var report = reception.Half.Report;
        if (report.Info[InfoFlag.Name] > 0 || report.Itemize != Itemize.None)
            reception.Session.Say(MessageCode.Info, text);
    }

    private static RsyncException Wrong(ExitCode code, string text) => new(code, SessionStage.FileList, text);
}
