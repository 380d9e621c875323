using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>When extraneous names are deleted: before everything, in each directory, or at the end (docs/protocol.md 10.1).</summary>
internal sealed class DeletionPass(Reception reception, Deleter deleter)
{
    private readonly DeleteMode _mode = reception.Options.Deletion.ModeFor(reception.Session.Terms.Protocol);
    private readonly List<Extraneous> _delayed = [];

    /// <summary>Deletions come after everything else: the last phase waits for them.</summary>
    public bool IsLate => _mode is DeleteMode.Delay or DeleteMode.After;

    /// <summary>A complete list has come and nothing of it has been worked on.</summary>
    public void Before(FileList.FileList list)
    {
        if (_mode == DeleteMode.Before)
            Sweep(list);
    }

    /// <summary>The generator is at a directory, which exists. True when something was deleted in it.</summary>
    public bool During(FileEntry directory, WorkList work)
    {
        if (_mode is not (DeleteMode.During or DeleteMode.Delay) || !HasContents(directory) || !deleter.MayDelete(work.IoError) || !deleter.Reaches(directory))
            return false;
        var extraneous = deleter.FindExtraneous(directory.Path, work.List);
        if (_mode == DeleteMode.Delay)
            _delayed.AddRange(extraneous);
        else
            Delete(extraneous);
        return _mode == DeleteMode.During && extraneous.Count > 0;
    }

    /// <summary>Everything has been received.</summary>
    public void After(FileList.FileList? list)
    {
        if (_mode == DeleteMode.After && list is not null)
            Sweep(list);
        Delete(_delayed);
        deleter.Finish();
    }

    private void Sweep(FileList.FileList list)
    {
        for (var index = list.Start; index < list.Start + list.Count; index++)
        {
            if (list[index] is { IsDirectory: true } directory && HasContents(directory) && deleter.MayDelete(reception.IoError)
                && reception.Target.Stat(directory.Path, out var stat) == Errno.None && stat.IsDirectory && deleter.Reaches(directory))
            {
                if (directory.Content == DirectoryContent.Top && reception.Half.Report.Debug[DebugFlag.Del] > 0)
                    reception.Session.Say(MessageCode.Info, $"deleting in {Reception.Text(directory.Path)}");
                Delete(deleter.FindExtraneous(directory.Path, list));
            }
        }
    }

    private void Delete(List<Extraneous> names)
    {
        foreach (var (path, isDirectory) in names)
            deleter.Delete(path, isDirectory);
    }

    // One that gets another name is new; its own name is that of something else.
    private bool HasContents(FileEntry directory) => reception.SingleName is null && (directory.Content & DirectoryContent.None) == 0;
}
