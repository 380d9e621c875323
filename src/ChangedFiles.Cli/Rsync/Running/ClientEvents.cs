using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>Brings what a session tells to the user's eyes. Its calls may come from several threads.</summary>
internal sealed class ClientEvents(RsyncInvocation invocation, TextOutput text, RunOutput output, TransferStats stats, bool sending)
{
    private readonly Lock _lock = new();
    private readonly bool _wholeRun = invocation.Report.Info[InfoFlag.Progress] > 1;

    /// <summary>Takes what the peer, and this side, have to say.</summary>
    public void Listen(Session session)
    {
        session.OnSay = Say;
        session.Messages.OnText = Say;
        session.Messages.OnDeleted = (path, isDirectory) =>
            Deleted(new ItemReport { Name = path, Mode = isDirectory ? 0x4000u : 0x8000u });
    }

    /// <summary>The handlers for a half of this side.</summary>
    public TransferEvents Handlers => new()
    {
        OnListBegins = incremental => Locked(() => output.Begin(sending, incremental)),
        OnListEnds = () => Locked(() => output.ListEnds(stats.Files.Total)),
        OnListed = entry => Locked(() => text.Info(ListingLine.Of(entry, invocation.Options.Preserve.Atimes, invocation.Output.HumanReadable))),
        OnBeforeTransfer = (in item) =>
        {
            lock (_lock)
                output.Items.BeforeTransfer(item);
        },
        OnTransferred = (in item) =>
        {
            lock (_lock)
                Transferred(item);
        },
        OnItem = (in item) =>
        {
            lock (_lock)
                output.Items.Item(item);
        },
        OnListDone = () => Locked(ListDone),
        OnDeleted = Deleted,
        OnProgress = output.ShowsProgress ? Progress : null,
    };

    /// <summary>A line of either side.</summary>
    public void Say(MessageCode code, string line)
    {
        lock (_lock)
        {
            if (code == MessageCode.Info)
                text.Info(line);
            else
                text.Error(ArgumentText.Encode(line));
        }
    }

    private void Locked(Action action)
    {
        lock (_lock)
            action();
    }

    private void Deleted(in ItemReport item)
    {
        lock (_lock)
            output.Items.Deleted(item);
    }

    /// <summary>With progress2 every list that is done shows how far the run is.</summary>
    private void ListDone()
    {
        if (_wholeRun)
            output.ProgressEnd(stats.TransferredSize, stats.TotalSize, Counts());
    }

    private ProgressCounts Counts() => new(
        stats.FilesTransferred, Math.Max(0, stats.Files.Total - stats.Checked), stats.Files.Total, stats.FilesComplete);

    private void Transferred(in ItemReport item)
    {
        output.Items.AfterTransfer(item, invocation.Options.DryRun);
        if (!output.ShowsProgress || invocation.Options.DryRun)
            return;
        var (offset, size) = Scale(item.Length, item.Length);
        output.ProgressEnd(offset, size, Counts());
    }

    private void Progress(FileEntry entry, long done)
    {
        lock (_lock)
        {
            var (offset, size) = Scale(done, entry.Length);
            output.Progress(offset, size);
        }
    }

    /// <summary>With progress2 the numbers are those of the whole run.</summary>
    private (long Offset, long Size) Scale(long done, long length) =>
        _wholeRun ? (stats.TransferredSize - length + done, stats.TotalSize) : (done, length);

}
