using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>Removes what the receiver says is in its place (<c>--remove-source-files</c>; docs/protocol.md 3.3).</summary>
internal sealed class SourceRemoval(Session session, IOutgoingLists lists, TransferOptions options, ReportOptions report)
{
    /// <summary>Removes the source of an item, unless it changed since it was listed or is the destination's own.</summary>
    public void Remove(PlacedItem item)
    {
        if (lists.Find(item.Index) is not { IsDirectory: false, IsMissing: false } entry || entry.Source?.Tree is not IFileTarget tree)
            return;
        var error = tree.Stat(entry.Path, out var stat);
        if (error == Errno.None && entry.IsRegular && options.Selection.CopyLinks)
            error = tree.StatThrough(entry.Path, out _);
        if (error == Errno.None && item.Inode != 0 && (item.Device, item.Inode) == (stat.Device, stat.Inode))
        {
            session.Say(MessageCode.ErrorXfer, $"ERROR: Skipping sender remove of destination file: {ArgumentText.Decode(entry.Path.Bytes)}");
            return;
        }
        if (error == Errno.None && entry.IsRegular && stat.IsRegular && (stat.Size != entry.Length || stat.Mtime != entry.Mtime))
        {
            session.Say(MessageCode.ErrorXfer, $"ERROR: Skipping sender remove for changed file: {ArgumentText.Decode(entry.Path.Bytes)}");
            return;
        }
        if (error == Errno.None && !options.DryRun)
            error = tree is LocalTree local ? local.UnlinkSource(entry.Path) : tree.Unlink(entry.Path);
        if (error == Errno.ENOENT)
            session.Say(MessageCode.Info, $"sender file already removed: {ArgumentText.Decode(entry.Path.Bytes)}");
        else if (error == Errno.ELOOP)
            session.Say(MessageCode.ErrorXfer, $"rsync: [sender] sender failed to secure-open-parent {ArgumentText.Decode(entry.Path.Bytes)}: {EntryMaker.Reason(error)}");
        else if (error != Errno.None)
            session.Say(MessageCode.ErrorXfer, $"rsync: [sender] sender failed to remove {ArgumentText.Decode(entry.Path.Bytes)}: {EntryMaker.Reason(error)}");
        else if (report.Info[InfoFlag.Remove] > 0)
            session.Say(MessageCode.Info, Messages.SenderRemoved(ArgumentText.Decode(entry.Path.Bytes)));
    }
}
